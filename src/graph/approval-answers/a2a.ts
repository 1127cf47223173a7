import type { Answer } from '../../gates/rule-on-answer.js';
import type { ApprovalQuestion } from '../approval-question.js';
import { isRecord } from './is-record.js';

type Read = (given: unknown, question: ApprovalQuestion) => Answer;

/**
 * An A2A message that answers a task which waits for input: one data part in any of the other styles, or text. Parts are read as they
 * stand on the wire (`{ text }`, `{ data }`, with or without `kind`) and as the SDK holds them (`{ content: { $case, value } }`).
 */
export const readMessage = (given: unknown, question: ApprovalQuestion, read: Read): Answer => {
  const message = isRecord(given) && isRecord(given['message']) ? given['message'] : given;
  const parts = isRecord(message) && Array.isArray(message['parts']) ? message['parts'].map(contentOf) : [];
  const data = parts.flatMap((part) => (part.data === undefined ? [] : [part.data]));
  if (data.length > 1) return { kind: 'unclear', why: `one question was asked and ${data.length} answers came` };
  const [answer] = data;
  if (isRecord(answer) && ('parts' in answer || 'message' in answer))
    return { kind: 'unclear', why: 'a message within a message is no answer' };
  return read(data.length === 1 ? answer : parts.map((part) => part.text ?? '').join(' '), question);
};

const contentOf = (part: unknown): { text?: string; data?: unknown } => {
  if (!isRecord(part)) return {};
  const { content } = part;
  const held = isRecord(content) ? { [String(content['$case'])]: content['value'] } : part;
  return {
    ...(typeof held['text'] === 'string' && { text: held['text'] }),
    ...(held['data'] !== undefined && held['data'] !== null && { data: held['data'] }),
  };
};
