import type { Answer } from '../../gates/rule-on-answer.js';
import { editable, type ApprovalQuestion } from '../approval-question.js';
import { isRecord } from './is-record.js';
import { readText } from './text.js';

type Button = Record<string, unknown>;

/** What each button of a chat UI means: Agent Inbox's four, LangChain's three, and the reply that some of them have besides. */
const buttons: Record<string, (button: Button, question: ApprovalQuestion) => Answer> = {
  accept: (button, question) => readYes(button, question, 'echo'),
  approve: (button, question) => readYes(button, question, 'echo'),
  edit: (button, question) => readYes(button, question, 'edit'),
  reject: ({ message, args }) => ({
    kind: 'decision',
    decision: 'rejected',
    digest: null,
    by: null,
    comment: textOf(message) || textOf(args),
  }),
  response: ({ message, args }, question) => readText(textOf(args) || textOf(message), question),
  respond: ({ message, args }, question) => readText(textOf(message) || textOf(args), question),
  ignore: () => ({ kind: 'unclear', why: 'ignoring the question leaves it open' }),
};

/** Agent Inbox: one answer in an array, `[{ type, args }]`. */
export const readButton = (given: unknown, question: ApprovalQuestion): Answer => {
  const [button, ...more] = Array.isArray(given) ? (given as unknown[]) : [given]; // an array of anything
  if (more.length > 0) return { kind: 'unclear', why: `one question was asked and ${more.length + 1} answers came` };
  const read =
    isRecord(button) && typeof button['type'] === 'string' && Object.hasOwn(buttons, button['type']) ? buttons[button['type']] : undefined;
  if (!isRecord(button) || read === undefined) return { kind: 'unclear', why: 'the answer names no button that there is' };
  return read(button, question);
};

/** LangChain's middleware in both spellings: `{ decisions: [{ type, … }] }`. */
export const readDecisions = (given: unknown, question: ApprovalQuestion): Answer => {
  const decisions = isRecord(given) ? given['decisions'] : undefined;
  return Array.isArray(decisions) ? readButton(decisions, question) : { kind: 'unclear', why: 'the decisions are no list' };
};

/**
 * A yes stands for the arguments that were shown. What comes back with it must be them; only who and why may be filled in, so an edit
 * changes nothing of what is approved. An edit must bring all of them, a button may bring none.
 */
const readYes = (button: Button, question: ApprovalQuestion, how: 'echo' | 'edit'): Answer => {
  const action = button['editedAction'] ?? button['edited_action'] ?? button['args'];
  const shown = question.action_request.args;
  const given = isRecord(action) && isRecord(action['args']) ? action['args'] : null;
  if (how === 'edit' && given === null) return { kind: 'unclear', why: 'the edit does not say what it approves' };
  const args = given ?? shown;
  const name = isRecord(action) ? (action['action'] ?? action['name'] ?? question.action_request.action) : question.action_request.action;
  const digest = args['digest'];
  if (digest !== undefined && digest !== question.digest) return yes(typeof digest === 'string' ? digest : 'unknown', null, '');
  const changed = [...new Set([...Object.keys(args), ...(how === 'edit' ? Object.keys(shown) : [])])]
    .filter((key) => !editable.includes(key) && asText(args[key]) !== shown[key])
    .concat(name === question.action_request.action ? [] : ['the action']);
  if (changed.length > 0)
    return {
      kind: 'unclear',
      why: `an edit cannot change what is approved (${changed.map((key) => key.slice(0, 40)).join(', ')}); accept it or reject it`,
    };
  return yes(
    given === null ? null : (asText(digest) ?? null),
    textOf(args['by']) || null,
    textOf(args['comment']) || textOf(button['message']),
  );
};

const yes = (digest: string | null, by: string | null, comment: string): Answer => ({
  kind: 'decision',
  decision: 'approved',
  digest,
  by,
  comment,
});

/** UIs send argument values back as strings. */
const asText = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
