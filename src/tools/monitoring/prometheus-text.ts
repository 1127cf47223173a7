export type Series = {
  name: string;
  labels: Record<string, string>;
  value: number;
  /** Milliseconds since the epoch, where the line has one. */ at: number | null;
};
type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'untyped';
export type Exposition = {
  series: Series[];
  types: Map<string, MetricType>;
  help: Map<string, string>;
  /** One sentence for each line that was left out. */ problems: string[];
};

/**
 * Reads the Prometheus text format, version 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats). A line that does
 * not fit is left out and reported: half of a service's numbers are worth more than none.
 */
export const parsePrometheusText = (text: string): Exposition => {
  const found: Exposition = { series: [], types: new Map(), help: new Map(), problems: [] };
  const seen = new Set<string>();
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/^[ \t]+|[ \t\r]+$/g, '');
    if (line === '') continue;
    const problem = line.startsWith('#') ? readComment(line, found) : readSample(line, found, seen);
    if (problem !== null) found.problems.push(`line ${index + 1}: ${problem}`);
  }
  return found;
};

const types: ReadonlySet<string> = new Set<MetricType>(['counter', 'gauge', 'histogram', 'summary', 'untyped']);
const isType = (word: string): word is MetricType => types.has(word);

/** HELP and TYPE; any other comment means nothing. */
const readComment = (line: string, { types, help }: Exposition): string | null => {
  const [, keyword, rest = ''] = /^#[ \t]+(HELP|TYPE)(?:[ \t]+(.*))?$/.exec(line) ?? [];
  if (keyword === undefined) return null;
  const [, name, tail = ''] = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:[ \t]+(.*))?$/.exec(rest) ?? [];
  if (name === undefined) return `${keyword} without the name of a metric`;
  if (keyword === 'HELP') {
    help.set(
      name,
      tail.replace(/\\([\\n])/g, (_, escaped: string) => (escaped === 'n' ? '\n' : '\\')),
    );
    return null;
  }
  if (!isType(tail)) return `"${shorten(tail)}" is not a type of metric`;
  if (types.has(name)) return `a second TYPE of ${name}`;
  types.set(name, tail);
  return null;
};

const readSample = (line: string, { series }: Exposition, seen: Set<string>): string | null => {
  const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0];
  if (name === undefined) return `"${shorten(line)}" does not begin with the name of a metric`;
  const parsed = readLabels(line, name.length);
  if ('problem' in parsed) return parsed.problem;
  const { labels, end } = parsed;
  const [valueText = '', timeText, ...more] = line
    .slice(end)
    .split(/[ \t]+/)
    .filter((word) => word !== '');
  const apart = line[end - 1] === '}' || /[ \t]/.test(line.charAt(end)); // `a-b 1` is not the metric a
  const value = apart ? readValue(valueText) : null;
  if (value === null) return `"${shorten(valueText)}" is not a value`;
  if (more.length > 0 || (timeText !== undefined && !/^[+-]?\d+$/.test(timeText)))
    return `"${shorten([timeText, ...more].join(' '))}" is not a timestamp`;
  const key = seriesKey(name, labels);
  if (seen.has(key)) return `a second value of ${shorten(key)}`;
  seen.add(key);
  series.push({ name, labels, value, at: timeText === undefined ? null : Number(timeText) });
  return null;
};

/** A series by name and labels, whatever their order. */
export const seriesKey = (name: string, labels: Record<string, string>): string =>
  `${name}${JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))}`;

const labelAt = /[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\]|\\[\\"n])*)"[ \t]*(,|(?=\}))/y;

const readLabels = (line: string, start: number): { labels: Record<string, string>; end: number } | { problem: string } => {
  const open = /[ \t]*\{[ \t]*/y;
  open.lastIndex = start;
  if (!open.test(line)) return { labels: {}, end: start };
  const labels = new Map<string, string>();
  let at = open.lastIndex;
  while (line[at] !== '}') {
    labelAt.lastIndex = at;
    const [whole, label = '', value = ''] = labelAt.exec(line) ?? [];
    if (whole === undefined) return { problem: `labels that cannot be read at "${shorten(line.slice(at))}"` };
    if (labels.has(label)) return { problem: `the label ${label} twice` };
    labels.set(
      label,
      value.replace(/\\([\\"n])/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)),
    );
    at += whole.length;
    while (line[at] === ' ' || line[at] === '\t') at += 1;
  }
  return { labels: Object.fromEntries(labels), end: at + 1 };
};

/** A number as Go's ParseFloat reads it, as far as exporters write it. */
const readValue = (text: string): number | null => {
  const special = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (special) return special[1] === '-' ? -Infinity : Infinity;
  if (/^[+-]?nan$/i.test(text)) return NaN;
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : null;
};

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
