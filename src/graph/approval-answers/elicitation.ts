import type { Answer } from '../../gates/rule-on-answer.js';
import type { ApprovalQuestion } from '../approval-question.js';
import { isRecord } from './is-record.js';

const decisions: Record<string, 'approved' | 'rejected'> = {
  approve: 'approved',
  approved: 'approved',
  reject: 'rejected',
  rejected: 'rejected',
};

/** The question as MCP elicits it: a message and a flat form. */
export const elicitationOf = (question: ApprovalQuestion) => ({
  message: question.description,
  requestedSchema: {
    type: 'object' as const,
    properties: {
      decision: { type: 'string' as const, title: 'Decision', enum: ['approve', 'reject'], description: question.question },
      comment: { type: 'string' as const, title: 'Why', description: 'Stands in the journal.' },
    },
    required: ['decision'],
  },
});

/**
 * What came back of it, `{ action, content }`. Sending the form off is not yet a yes: the decision stands in it. Declining and
 * cancelling answer nothing, so the question stays open.
 */
export const readElicitation = (given: unknown, question: ApprovalQuestion): Answer => {
  const { action, content } = isRecord(given) ? given : {};
  if (action === 'decline' || action === 'cancel')
    return { kind: 'unclear', why: 'the form was not sent, which leaves the question open; to say no, send it with the decision reject' };
  const { decision, comment, code } = isRecord(content) ? content : {};
  const read = typeof decision === 'string' && Object.hasOwn(decisions, decision) ? decisions[decision] : undefined;
  if (action !== 'accept' || read === undefined) return { kind: 'unclear', why: 'the form holds no decision; it is approve or reject' };
  const digest = code === undefined || code === question.code ? null : String(code as unknown);
  return { kind: 'decision', decision: read, digest, by: null, comment: typeof comment === 'string' ? comment : '' };
};
