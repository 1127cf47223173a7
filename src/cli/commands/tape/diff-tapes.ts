import { answerText } from '../../../replay/answer-text.js';
import { describeDifference, firstDifference } from '../../../replay/difference.js';
import { callName, type Tape } from '../../../replay/tape-file.js';
import { wordDiff } from '../../../replay/word-diff.js';

export type TapeDiff = {
  same: boolean;
  removed: string[];
  added: string[];
  changed: { call: string; question: string | null; answer: string | null }[];
};

/** What one tape says that the other does not, call by call. */
export const diffTapes = (before: Tape, after: Tape): TapeDiff => {
  const [old, now] = [byName(before), byName(after)];
  const changed = [...old].flatMap(([call, was]) => {
    const is = now.get(call);
    if (!is) return [];
    const difference = firstDifference(was.request, is.request);
    const answer = wordDiff(answerText(was.reply), answerText(is.reply));
    const questionChanged = JSON.stringify(was.request) !== JSON.stringify(is.request);
    const question = difference ? describeDifference(difference) : questionChanged ? 'in its form only' : null;
    return question === null && answer === '' ? [] : [{ call, question, answer: answer === '' ? null : answer }];
  });
  const removed = [...old.keys()].filter((name) => !now.has(name));
  const added = [...now.keys()].filter((name) => !old.has(name));
  const values = JSON.stringify(before.values) === JSON.stringify(after.values);
  return {
    same: changed.length + removed.length + added.length === 0 && values,
    removed,
    added,
    changed: values ? changed : [...changed, { call: 'recorded values', question: null, answer: 'differ' }],
  };
};

const byName = (tape: Tape) => new Map(tape.calls.map((call) => [callName(call), call]));
