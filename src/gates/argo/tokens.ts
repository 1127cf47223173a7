import { plain } from '../words.js';

/** A condition that expr-lang cannot read or evaluate: in Argo the measurement is an Error. */
export class ConditionError extends Error {
  override readonly name = 'ConditionError';

  constructor(what: string) {
    super(plain(what)); // it holds words of the condition
  }
}

export type Token =
  | { kind: 'number'; text: string; value: number }
  | { kind: 'string'; text: string; value: string }
  | { kind: 'name' | 'symbol' | 'end'; text: string };

type Rule = { pattern: RegExp; read: (text: string) => Token | null };

/** Tried in this order at each place; what gives null is skipped. */
const rules: readonly Rule[] = [
  { pattern: /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\//y, read: () => null },
  {
    pattern: /0x[\da-f]+|(?:\d[\d_]*(?:\.(?!\.)\d*)?|\.\d+)(?:e[+-]?\d+)?/iy,
    read: (text) => ({ kind: 'number', text, value: Number(text.replaceAll('_', '')) }),
  },
  { pattern: /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|`[^`]*`/y, read: (text) => ({ kind: 'string', text, value: unquoted(text) }) },
  { pattern: /[A-Za-z_$][\w$]*/y, read: (text) => ({ kind: 'name', text }) },
  { pattern: /&&|\|\||==|!=|<=|>=|\*\*|\?\.|\?\?|\.\.|[-+*/%^<>=!?:,.()[\]{}#|;]/y, read: (text) => ({ kind: 'symbol', text }) },
];

export const tokenize = (text: string): Token[] => {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const found = rules.map(({ pattern, read }) => ({ match: matchAt(pattern, text, at), read })).find(({ match }) => match !== null);
    if (found?.match == null) throw new ConditionError(`"${text[at] ?? ''}" is unexpected`);
    const token = found.read(found.match);
    if (token !== null) tokens.push(token);
    at += found.match.length;
  }
  return tokens;
};

const matchAt = (pattern: RegExp, text: string, at: number): string | null => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
};

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v' };

const unquoted = (text: string): string =>
  text.startsWith('`') ? text.slice(1, -1) : text.slice(1, -1).replace(/\\([\s\S])/g, (_, letter: string) => escapes[letter] ?? letter);
