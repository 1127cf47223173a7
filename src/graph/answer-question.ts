import { changeAnswers } from './answers/change-answers.js';
import { evidenceAnswers } from './answers/evidence-answers.js';
import { standingAnswers } from './answers/standing-answers.js';
import type { Answer, AnswerRow, Told } from './answers/told.js';

const [toPass, who, howLong, next, why, where] = standingAnswers;

/** The first row that fits answers: the more definite a question, the higher it stands. */
const rows: readonly AnswerRow[] = [
  toPass,
  who,
  ...changeAnswers.slice(0, 1),
  ...evidenceAnswers,
  howLong,
  next,
  ...changeAnswers.slice(1),
  why,
  where,
].filter((row) => row !== undefined);

/**
 * Answers a question about a release from its blackboard and nothing else: words, and the digests of the evidence that they rest on.
 * What it does not know it says, with what it could answer.
 */
export const answerQuestion = (question: string, told: Told, now: number): Answer => {
  const row = rows.find(({ asked }) => asked.test(question));
  return row
    ? row.answer(told, now, question)
    : { text: `I do not know that; I can answer: ${rows.map(({ about }) => about).join(', ')}.`, evidence: [] };
};

/** The answer in one piece, evidence by the beginnings of its digests. */
export const withEvidence = ({ text, evidence }: Answer): string =>
  evidence.length === 0
    ? text
    : `${text} [${evidence
        .slice(0, 6)
        .map((digest) => digest.slice(7, 15))
        .join(' ')}${evidence.length > 6 ? ` and ${evidence.length - 6} more` : ''}]`;
