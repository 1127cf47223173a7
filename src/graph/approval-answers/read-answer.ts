import type { Answer } from '../../gates/rule-on-answer.js';
import type { ApprovalQuestion } from '../approval-question.js';
import { readMessage } from './a2a.js';
import { readButton, readDecisions } from './buttons.js';
import { isRecord } from './is-record.js';
import { readElicitation } from './elicitation.js';
import { readOwn } from './own.js';
import { readText } from './text.js';

type Style = {
  style: 'own' | 'langchain' | 'agent_inbox' | 'mcp' | 'a2a' | 'text';
  fits: (given: unknown) => boolean;
  read: (given: unknown, question: ApprovalQuestion) => Answer;
};

const has =
  (key: string) =>
  (given: unknown): boolean =>
    isRecord(given) && key in given;

/** How each style of answer is recognised, and what reads it. The first that fits is taken. */
const styles: readonly Style[] = [
  { style: 'text', fits: (given) => typeof given === 'string', read: (given, question) => readText(String(given), question) },
  { style: 'own', fits: has('decision'), read: readOwn },
  { style: 'langchain', fits: has('decisions'), read: readDecisions },
  { style: 'agent_inbox', fits: (given) => Array.isArray(given) || has('type')(given), read: readButton },
  { style: 'mcp', fits: has('action'), read: readElicitation },
  {
    style: 'a2a',
    fits: (given) => has('parts')(given) || has('message')(given),
    read: (given, question) => readMessage(given, question, readAnswer),
  },
];

/**
 * What an answer says, whichever UI or protocol it comes from. Never throws: what cannot be read is `unclear`, with the sentence that
 * says why. It reads and decides nothing; `ruleOnAnswer` does.
 */
export const readAnswer = (given: unknown, question: ApprovalQuestion): Answer => {
  const row = styles.find(({ fits }) => fits(given));
  return row?.read(given, question) ?? { kind: 'unclear', why: `the answer could not be read; ${howToAnswer(question)}` };
};

/** The one line that every unclear answer ends with. */
const howToAnswer = ({ code }: ApprovalQuestion): string => `approve ${code}, or reject and say why`;
