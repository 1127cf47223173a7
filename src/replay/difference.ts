import { conversationOf, isObject, type Conversation } from './conversation.js';
import type { Asked, Json } from './tape-file.js';
import { wordDiff } from './word-diff.js';

/** Where two requests first differ, in the order in which a person would look: what is asked of whom, with which tools, in which words. */
export type Difference =
  | { kind: 'target'; words: string }
  | { kind: 'parameter'; name: string; words: string }
  | { kind: 'tool'; tool: string; parameter: string; words: string }
  | { kind: 'message'; at: number; role: string; tool?: string; words: string }
  | { kind: 'more-turns'; recorded: number; asked: number; last: string }
  | { kind: 'body'; path: string; words: string };

export const firstDifference = (recorded: Asked, asked: Asked): Difference | null => {
  const [before, after] = [`${recorded.method} ${recorded.target}`, `${asked.method} ${asked.target}`];
  if (before !== after) return { kind: 'target', words: wordDiff(before, after) };
  const [old, now] = [conversationOf(recorded.body), conversationOf(asked.body)];
  if (old && now) return parameterDifference(old, now) ?? toolDifference(old, now) ?? turnDifference(old, now);
  const change = firstChange(recorded.body, asked.body, '');
  if (!change) return null;
  return isObject(recorded.body) && isObject(asked.body) && change.path.split('.')[0] !== 'input'
    ? { kind: 'parameter', name: change.path, words: change.words }
    : { kind: 'body', ...change };
};

const parameterDifference = (old: Conversation, now: Conversation): Difference | null => {
  const change = firstChange(old.parameters, now.parameters, '');
  return change && { kind: 'parameter', name: change.path, words: change.words };
};

const toolDifference = (old: Conversation, now: Conversation): Difference | null => {
  for (const tool of new Set([...old.tools.keys(), ...now.tools.keys()])) {
    const change = firstChange(old.tools.get(tool), now.tools.get(tool), '');
    if (change) return { kind: 'tool', tool, parameter: change.path, words: change.words };
  }
  return null;
};

const turnDifference = (old: Conversation, now: Conversation): Difference | null => {
  for (const [at, turn] of now.turns.entries()) {
    const before = old.turns[at];
    if (!before) break;
    if (before.role === turn.role && before.text === turn.text) continue;
    const words =
      before.role === turn.role
        ? wordDiff(before.text, turn.text)
        : wordDiff(`${before.role}: ${before.text}`, `${turn.role}: ${turn.text}`);
    return {
      kind: 'message',
      at,
      role: turn.role,
      ...(turn.tool !== undefined && { tool: turn.tool }),
      words: words || 'white space only',
    };
  }
  if (old.turns.length !== now.turns.length)
    return { kind: 'more-turns', recorded: old.turns.length, asked: now.turns.length, last: now.turns.at(-1)?.text ?? '' };
  return null; // equal in everything that a conversation has
};

/** The first leaf that differs, by its path. */
const firstChange = (before: Json | undefined, after: Json | undefined, path: string): { path: string; words: string } | null => {
  if (isObject(before) && isObject(after)) {
    for (const key of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
      const change = firstChange(before[key], after[key], path === '' ? key : `${path}.${key}`);
      if (change) return change;
    }
    return null;
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    for (let at = 0; at < Math.max(before.length, after.length); at++) {
      const change = firstChange(before[at], after[at], `${path}[${at}]`);
      if (change) return change;
    }
    return null;
  }
  const [was, is] = [leaf(before), leaf(after)];
  return was === is ? null : { path, words: wordDiff(was, is) };
};

const leaf = (value: Json | undefined): string =>
  value === undefined ? 'absent' : typeof value === 'string' ? value : JSON.stringify(value);

/** The way in which a person reads a difference. */
export const describeDifference = (difference: Difference): string => {
  switch (difference.kind) {
    case 'target':
      return `the address: ${difference.words}`;
    case 'parameter':
      return `parameter ${difference.name}: ${difference.words}`;
    case 'tool':
      return `tool ${difference.tool}${difference.parameter === '' ? '' : `, ${difference.parameter}`}: ${difference.words}`;
    case 'message':
      return `message ${difference.at + 1} (${difference.role}${difference.tool ? ` ${difference.tool}` : ''}): ${difference.words}`;
    case 'more-turns':
      return `${difference.recorded} messages were recorded, ${difference.asked} were sent; the last one says: ${wordDiff('', difference.last.slice(0, 200))}`;
    case 'body':
      return `body ${difference.path}: ${difference.words}`;
  }
};
