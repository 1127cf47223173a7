import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { ElicitResultSchema, type ElicitResult } from '@modelcontextprotocol/sdk/types.js';
import { reason, StagingError } from '../../catalog/errors.js';
import { elicitationOf } from '../../graph/approval-answers/elicitation.js';
import type { ApprovalQuestion } from '../../graph/approval-question.js';

/** A person may go and look before they answer; the question stays open when they do not. */
const patienceMs = 30 * 60_000;

/**
 * Puts the approval question to the person at the client, in a form, and gives what came of it as it came: the codec of the approvals reads
 * it. Throws ANSWER_UNCLEAR where nothing came.
 */
export const askPerson = async (
  server: Server,
  question: ApprovalQuestion,
  { requestId, signal }: { requestId: string | number; signal: AbortSignal },
): Promise<ElicitResult> => {
  const asked = { method: 'elicitation/create' as const, params: { mode: 'form' as const, ...elicitationOf(question) } };
  try {
    return await server.request(asked, ElicitResultSchema, { relatedRequestId: requestId, signal, timeout: patienceMs });
  } catch (error) {
    throw new StagingError('ANSWER_UNCLEAR', `Failed to read the answer for release ${question.release}: ${reason(error)}.`, {
      cause: error,
    });
  }
};
