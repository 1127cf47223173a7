const unitsMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1, us: 1e-3, µs: 1e-3, ns: 1e-6 };

/** A duration as Go writes it (`1h30m`, `1.5s`, `300ms`) in milliseconds; null where the text is none. */
export const parseDuration = (text: string): number | null => {
  const [, sign = '', rest = ''] = /^([+-]?)(.*)$/.exec(text) ?? [];
  if (rest === '0') return 0;
  if (!/^((\d+(?:\.\d*)?|\.\d+)(h|ms|m|s|us|µs|ns))+$/.test(rest)) return null;
  const parts = [...rest.matchAll(/([\d.]+)(h|ms|m|s|us|µs|ns)/g)];
  const ms = parts.reduce((sum, [, number, unit]) => sum + Number(number) * (unitsMs[unit ?? ''] ?? NaN), 0);
  return sign === '-' ? -ms : ms;
};

/** What Go says of a text that is no duration. */
export const durationProblem = (text: string): string => {
  const quoted = JSON.stringify(text);
  for (let rest = text.replace(/^[+-]/, ''); rest !== '';) {
    const [whole = '', unit = ''] = /^(?:\d+\.?\d*|\.\d+)([^\d.]*)/.exec(rest) ?? [];
    if (whole === '') break;
    if (unit === '') return `time: missing unit in duration ${quoted}`;
    if (!Object.hasOwn(unitsMs, unit)) return `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`;
    rest = rest.slice(whole.length);
  }
  return `time: invalid duration ${quoted}`;
};
