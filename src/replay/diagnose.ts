import { conversationOf } from './conversation.js';
import { describeDifference, firstDifference, type Difference } from './difference.js';
import type { Place } from './lane.js';
import type { PromptChange } from './prompt-digests.js';
import { callName, type Asked, type Call } from './tape-file.js';

/** Why the tape has no answer, by name. */
export type Cause =
  | { kind: 'prompt-file'; files: string[] }
  | { kind: 'tool-schema'; tool: string; parameter: string }
  | { kind: 'parameters'; parameter: string }
  | { kind: 'tool-result'; tool: string }
  | { kind: 'new-turn'; why: string }
  | { kind: 'other-lane'; lane: string };

/** A request that was not on the tape: who asked, what comes nearest, where it differs, and why. */
export type Miss = {
  agent: string;
  node: string;
  lane: string;
  asked: Asked;
  nearest: { name: string; used: boolean } | null;
  difference: Difference | null;
  cause: Cause;
};

type Known = { calls: readonly Call[]; unused: ReadonlySet<Call>; promptChanges: readonly PromptChange[] };

export const diagnose = (place: Place, asked: Asked, { calls, unused, promptChanges }: Known): Miss => {
  const mine = calls.filter((call) => call.lane === place.lane);
  const same = (call: Call) => JSON.stringify(call.request) === JSON.stringify(asked);
  const elsewhere = mine.some(same) ? undefined : (calls.find((call) => same(call) && unused.has(call)) ?? calls.find(same));
  const nearest = elsewhere ?? nearestOf(mine.length > 0 ? mine : calls, asked, unused);
  const difference = nearest ? firstDifference(nearest.request, asked) : null;
  return {
    agent: place.agent ?? '',
    node: place.node ?? '',
    lane: place.lane,
    asked,
    nearest: nearest ? { name: callName(nearest), used: !unused.has(nearest) } : null,
    difference,
    cause: elsewhere ? { kind: 'other-lane', lane: elsewhere.lane } : causeOf(difference, nearest !== null, promptChanges),
  };
};

const causeOf = (difference: Difference | null, known: boolean, promptChanges: readonly PromptChange[]): Cause => {
  if (!difference)
    return { kind: 'new-turn', why: known ? 'it was recorded, and asked once more than recorded' : 'nothing like it was recorded' };
  const files = promptChanges.map(({ file }) => file);
  switch (difference.kind) {
    case 'parameter':
      return { kind: 'parameters', parameter: difference.name };
    case 'tool':
      return { kind: 'tool-schema', tool: difference.tool, parameter: difference.parameter };
    case 'message':
      if (difference.role === 'tool') return { kind: 'tool-result', tool: difference.tool ?? '' };
      if (files.length > 0 || ['system', 'developer'].includes(difference.role)) return { kind: 'prompt-file', files };
      return { kind: 'new-turn', why: `message ${difference.at + 1} says something else` };
    case 'more-turns':
      return { kind: 'new-turn', why: `the conversation has ${difference.asked} messages instead of ${difference.recorded}` };
    case 'target':
    case 'body':
      return { kind: 'new-turn', why: 'nothing like it was recorded' };
  }
};

/** The recording that shares most with the request: the operation, then the leading messages, then words; an unused one before a used one. */
const nearestOf = (calls: readonly Call[], asked: Asked, unused: ReadonlySet<Call>): Call | null => {
  let best: Call | null = null;
  let bestScore: number[] = [];
  for (const call of calls) {
    const score = [Number(call.request.target === asked.target), ...likeness(call.request, asked), Number(unused.has(call))];
    const at = score.findIndex((value, index) => value !== (bestScore[index] ?? -1));
    if (best === null || (at !== -1 && (score[at] ?? 0) > (bestScore[at] ?? 0))) [best, bestScore] = [call, score];
  }
  return best;
};

const likeness = (recorded: Asked, asked: Asked): [turns: number, words: number] => {
  const [old, now] = [conversationOf(recorded.body), conversationOf(asked.body)];
  if (!old || !now) return [0, sharedWords(JSON.stringify(recorded.body), JSON.stringify(asked.body))];
  const leading = now.turns.findIndex((turn, at) => old.turns[at]?.text !== turn.text || old.turns[at]?.role !== turn.role);
  const shared = leading === -1 ? now.turns.length : leading;
  // Messages that one has beyond the other count against it, so that a conversation is compared with its own turn.
  const length = -Math.abs(old.turns.length - now.turns.length);
  const text = (turns: readonly { text: string }[]) => turns.map((turn) => turn.text).join(' ');
  return [shared + length / 1_000, sharedWords(text(old.turns), text(now.turns))];
};

/** Share of words that both texts have, from 0 to 1. */
const sharedWords = (a: string, b: string): number => {
  const [left, right] = [new Set(a.split(/\W+/)), new Set(b.split(/\W+/))];
  return [...left].filter((word) => right.has(word)).length / Math.max(left.size, right.size);
};

const describeCause = (cause: Cause): string => {
  switch (cause.kind) {
    case 'prompt-file':
      return cause.files.length > 0
        ? `prompt file changed: ${cause.files.join(', ')}`
        : 'prompt file changed: which one is not known (name them with `prompts`)';
    case 'tool-schema':
      return `tool schema changed: ${cause.tool}${cause.parameter === '' ? '' : `, ${cause.parameter}`}`;
    case 'parameters':
      return `model or parameters changed: ${cause.parameter}`;
    case 'tool-result':
      return `an upstream tool result changed: ${cause.tool}`;
    case 'new-turn':
      return `a new turn: ${cause.why}`;
    case 'other-lane':
      return `another lane: it was recorded for ${cause.lane || 'no graph'}`;
  }
};

/** The diagnosis as a person reads it, one line each. */
export const describeMiss = ({ agent, node, lane, asked, nearest, difference, cause }: Miss): string =>
  [
    `${asked.method} ${asked.target} is not on the tape`,
    `  agent   ${agent || '-'}`,
    `  node    ${node || '-'}`,
    `  lane    ${lane || 'no graph'}`,
    `  nearest ${nearest ? `${nearest.name}${nearest.used ? ' (already used)' : ''}` : 'none'}`,
    ...(difference ? [`  differs ${describeDifference(difference)}`] : []),
    `  cause   ${describeCause(cause)}`,
  ].join('\n');
