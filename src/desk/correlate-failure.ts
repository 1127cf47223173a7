import type { Clues } from '../catalog/clues.js';
import type { ToolResult } from '../catalog/tools.js';
import { counted, plain } from '../gates/words.js';
import { looksLikeError } from '../tools/deployment/local/slot-log.js';

type RedTest = ToolResult<'run_suite'>['failures'][number];
type Commit = Clues['commits'][number];

/** Error lines that say the same, and how long before (negative) or after the failure began the first of them was printed. */
type LineGroup = { signature: string; count: number; firstAt: number | null; afterMs: number | null };
type Suspect = Pick<Commit, 'sha' | 'author' | 'subject' | 'features'> & { because: string[] };

export type Correlation = { lines: LineGroup[]; commits: Suspect[]; features: { feature: string; because: string[] }[] };

/**
 * What of the candidate goes together with its failure: the error lines around it, the commits whose files stand in the stacks and
 * routes of those lines and of the red tests, and the features that bring those commits. Pure text against names; it proves nothing,
 * and says of each on what it rests. The strongest first.
 */
export const correlateFailure = (clues: Clues, tests: readonly RedTest[]): Correlation => {
  const errors = clues.log.lines.filter(({ text }) => looksLikeError(text));
  const stacks = clues.log.lines.filter((line) => errors.includes(line) || /^\s+at |^\s*File "/.test(line.text)).map(({ text }) => text);
  const signs = [
    ...stacks.flatMap((text) => framesIn(text).map((name): Sign => ({ kind: 'frame', name, where: 'the errors in the log' }))),
    ...tests.flatMap(({ message, test }) =>
      framesIn(message).map((name): Sign => ({ kind: 'frame', name, where: `the red test "${plain(test)}"` })),
    ),
    ...errors.flatMap(({ text }) => routesIn(text).map((name): Sign => ({ kind: 'route', name, where: 'the errors in the log' }))),
    ...tests.map(({ file, test }): Sign => ({ kind: 'test', name: file, where: `the red test "${plain(test)}"` })),
  ];
  const commits = clues.commits
    .map((commit) => ({ commit, found: findings(commit, signs) }))
    .filter(({ found }) => found.length > 0)
    .sort((a, b) => strengthOf(b.found) - strengthOf(a.found))
    .map(({ commit: { sha, author, subject, features }, found }) => ({
      sha,
      author,
      subject,
      features,
      because: found.map(({ why }) => why),
    }));
  return { lines: groups(errors, clues.failure.at), commits, features: featuresOf(commits) };
};

/** A name that the failure carries: a file of a stack, a route that failed, the file of a red test. */
type Sign = { kind: keyof typeof rules; name: string; where: string };
type Finding = { kind: Sign['kind']; why: string };

const rules = {
  frame: { strength: 3, fits: (file: string, name: string) => endsAlike(file, name), says: 'stands in the stack of' },
  route: { strength: 2, fits: (file: string, name: string) => sharesWord(file, name), says: 'is named like a route in' },
  test: { strength: 1, fits: (file: string, name: string) => endsAlike(file, name), says: 'holds' },
} as const;

const strengthOf = (found: readonly Finding[]): number => Math.max(...found.map(({ kind }) => rules[kind].strength)) + found.length / 1_000;

const findings = ({ files }: Commit, signs: readonly Sign[]): Finding[] => {
  const seen = new Map<string, { kind: Sign['kind']; count: number }>();
  for (const { kind, name, where } of signs)
    for (const file of files.filter((one) => rules[kind].fits(one, name))) {
      const why = `${plain(file)} ${rules[kind].says} ${where}${kind === 'route' ? `: ${plain(name)}` : ''}`;
      seen.set(why, { kind, count: (seen.get(why)?.count ?? 0) + 1 });
    }
  return [...seen].map(([why, { kind, count }]) => ({ kind, why: count > 1 ? `${why} (${count} times)` : why }));
};

/** `path/file.ext:12` of most languages, and Python's `File "…", line 12`; what belongs to the platform or to a package is nobody's commit. */
const framesIn = (text: string): string[] =>
  [...text.matchAll(/((?:file:\/\/)?[\w@./\\+-]+\.[A-Za-z]{1,5})(?::|", line )\d+/g)]
    .map(([, path = '']) => path.replace(/^file:\/\//, ''))
    .filter((path) => !/node_modules|^node:|site-packages/.test(path));

const routesIn = (text: string): string[] =>
  [...text.matchAll(/"(?:route|path|url)":\s*"([^"?]+)|\b(?:GET|POST|PUT|PATCH|DELETE|HEAD) (\/[^\s"?]*)/g)]
    .map(([, field, called]) => field ?? called ?? '')
    .filter((route) => wordsIn(route).length > 0);

/** The same file: one path is the end of the other, or they share at least their last folder. An artifact lies elsewhere than its repository. */
const endsAlike = (file: string, name: string): boolean => {
  const [a, b] = [file, name].map((path) =>
    path
      .split(/[\\/]+/)
      .filter((part) => part !== '' && part !== '.')
      .reverse(),
  );
  if (a === undefined || b === undefined || a.length === 0 || b.length === 0) return false;
  const differs = a.findIndex((part, at) => part !== b[at]);
  const alike = differs < 0 ? a.length : differs;
  return alike === a.length || alike === b.length || alike >= 2;
};

const isTest = /(?:^|[/._-])(?:tests?|specs?|__tests__)(?:[/._-]|$)/i;

/** What serves a route is often named like it; a test of it does not serve. */
const sharesWord = (file: string, route: string): boolean => {
  if (isTest.test(file)) return false;
  const words = wordsIn(
    file
      .replace(/\.\w+$/, '')
      .split('/')
      .at(-1) ?? '',
  );
  return wordsIn(route).some((word) => words.includes(word));
};

/** Words of at least four letters, without a plural s; methods and versions of an interface are no names of anything. */
const wordsIn = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word.length >= 4 && !['post', 'patch', 'delete', 'head', 'test', 'index', 'main'].includes(word))
    .map((word) => word.replace(/s$/, ''));

const groups = (errors: Clues['log']['lines'], failedAt: number | null): LineGroup[] => {
  const found = new Map<string, LineGroup>();
  for (const { at, text } of errors) {
    const signature = signatureOf(text);
    const known = found.get(signature);
    if (known !== undefined) known.count += 1;
    else found.set(signature, { signature, count: 1, firstAt: at, afterMs: at === null || failedAt === null ? null : at - failedAt });
  }
  return [...found.values()].sort((a, b) => b.count - a.count);
};

/** What stays when the same thing goes wrong again: message, route and first line of the error, without what differs each time. */
const signatureOf = (text: string): string => {
  const fields = jsonFields(text);
  const said =
    fields === null ? text : ['message', 'msg', 'route', 'path', 'error', 'err'].flatMap((key) => firstLine(fields[key])).join(' | ');
  return plain((said === '' ? text : said).replaceAll(/\b[0-9a-f]{8,}\b|\d+/gi, '#'));
};

const jsonFields = (text: string): Record<string, unknown> | null => {
  if (!text.startsWith('{')) return null;
  try {
    return JSON.parse(text) as Record<string, unknown>; // an object: it begins with a brace
  } catch {
    const fields = [...text.matchAll(/"(\w+)":"((?:[^"\\]|\\.)*)/g)].map(([, key = '', said = '']) => [key, said.replaceAll('\\n', '\n')]);
    return fields.length === 0 ? null : (Object.fromEntries(fields.reverse()) as Record<string, unknown>); // cut off: of each name the first
  }
};

const firstLine = (value: unknown): string[] => (typeof value === 'string' && value !== '' ? [value.split('\n', 1)[0] ?? ''] : []);

const featuresOf = (commits: readonly Suspect[]): Correlation['features'] => {
  const found = new Map<string, string[]>();
  for (const { sha, subject, features, because } of commits)
    for (const feature of features)
      found.set(feature, [...(found.get(feature) ?? []), `it brings ${sha.slice(0, 10)} "${plain(subject)}": ${because.join('; ')}`]);
  return [...found].map(([feature, because]) => ({ feature, because }));
};

/** In words for people. */
export const describeCorrelation = ({ lines, commits, features }: Correlation, { commits: all, failure, log }: Clues): string[] => [
  ...(lines.length === 0
    ? [log.lines.length === 0 ? 'No line of its log was kept.' : `None of ${counted(log.lines.length, 'line')} of its log is an error.`]
    : lines.slice(0, 5).map(({ signature, count, afterMs }) => `log: ${counted(count, 'time')} ${signature}${sinceWords(afterMs)}`)),
  ...(commits.length === 0
    ? [
        `None of the ${counted(all.length, 'commit')} since the version before is named by what failed (${plain(failure.what)}):`,
        ...all
          .slice(0, 5)
          .map(
            ({ sha, subject, features }) =>
              `  ${sha.slice(0, 10)} "${plain(subject)}"${features.length > 0 ? ` of ${features.join(', ')}` : ''}`,
          ),
      ]
    : commits
        .slice(0, 5)
        .flatMap(({ sha, author, subject, because }) => [
          `commit ${sha.slice(0, 10)} "${plain(subject)}" by ${plain(author)}:`,
          ...because.slice(0, 5).map((why) => `  ${why}`),
        ])),
  ...features.map(
    ({ feature, because }) =>
      `feature ${feature}: ${counted(because.length, 'of its commits', 'of its commits')} touch${because.length === 1 ? 'es' : ''} what failed`,
  ),
];

const sinceWords = (afterMs: number | null): string =>
  afterMs === null ? '' : `, first ${Math.abs(afterMs / 1_000).toFixed(1)} s ${afterMs < 0 ? 'before' : 'after'} the failure showed`;
