/** Words around a change that a reader needs to find the place. */
const context = 6;
/** Beyond this many cells the table of common words is not worth its memory: the middle is then shown as replaced. */
const largestTable = 4_000_000;

type Part = { kind: 'same' | 'gone' | 'new'; words: string[] };

/** The change from one text to the other, word by word: `… the [-quick-] {+slow+} fox …`. Empty where nothing changed. */
export const wordDiff = (before: string, after: string): string => {
  const parts = compare(words(before), words(after));
  if (parts.every((part) => part.kind === 'same')) return '';
  return parts.map((part, at) => show(part, at === 0, at === parts.length - 1)).join(' ');
};

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

const show = ({ kind, words }: Part, first: boolean, last: boolean): string => {
  if (kind === 'gone') return `[-${words.join(' ')}-]`;
  if (kind === 'new') return `{+${words.join(' ')}+}`;
  if (first) return words.length > context ? `… ${words.slice(-context).join(' ')}` : words.join(' ');
  if (last) return words.length > context ? `${words.slice(0, context).join(' ')} …` : words.join(' ');
  return words.length > 2 * context ? `${words.slice(0, context).join(' ')} … ${words.slice(-context).join(' ')}` : words.join(' ');
};

const compare = (a: readonly string[], b: readonly string[]): Part[] => {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const middle = changes(a.slice(start, a.length - end), b.slice(start, b.length - end));
  const parts: Part[] = [{ kind: 'same', words: a.slice(0, start) }, ...middle, { kind: 'same', words: a.slice(a.length - end) }];
  return parts.filter((part) => part.words.length > 0);
};

/** Longest common subsequence by dynamic programming (Wagner and Fischer 1974). */
const changes = (a: readonly string[], b: readonly string[]): Part[] => {
  if (a.length * b.length > largestTable)
    return [
      { kind: 'gone', words: [...a] },
      { kind: 'new', words: [...b] },
    ];
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const parts: Part[] = [];
  const push = (kind: Part['kind'], word: string) => {
    const last = parts.at(-1);
    if (last?.kind === kind) last.words.push(word);
    else parts.push({ kind, words: [word] });
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (left !== undefined && left === right) {
      push('same', left);
      i++;
      j++;
    } else if (left !== undefined && (right === undefined || at(i + 1, j) >= at(i, j + 1))) {
      push('gone', left);
      i++;
    } else if (right !== undefined) {
      push('new', right);
      j++;
    }
  }
  return parts;
};
