import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { z } from 'zod';
import { reason, StagingError } from '../../catalog/errors.js';
import type { ApprovalQuestion } from '../../graph/approval-question.js';
import type { PersonSaid } from './call.js';

const answer = z.object({ decision: z.enum(['approved', 'rejected']), comment: z.string().max(2_000).default('') });

/** A person may go and look before they answer; the question stays open when they do not. */
const patienceMs = 30 * 60_000;

/**
 * Puts the approval question to the person at the client, in a form. Null where they closed it. What they say is bound to the digest of
 * `question` by whoever called. Throws ARGUMENTS_INVALID for an answer that is none.
 */
export const askPerson = async (
  server: Server,
  question: ApprovalQuestion,
  { requestId, signal }: { requestId: string | number; signal: AbortSignal },
): Promise<PersonSaid> => {
  const form = {
    mode: 'form' as const,
    message: inWords(question),
    requestedSchema: {
      type: 'object' as const,
      properties: {
        decision: { type: 'string' as const, title: 'Decision', enum: ['approved', 'rejected'] },
        comment: { type: 'string' as const, title: 'Why', maxLength: 2_000 },
      },
      required: ['decision'],
    },
  };
  const options = { relatedRequestId: requestId, signal, timeout: patienceMs };
  const result = await server.elicitInput(form, options).catch((error: unknown) => {
    throw new StagingError('ARGUMENTS_INVALID', `Failed to read the answer to release ${question.release}: ${reason(error)}.`, {
      remedy: 'The question is still open: answer with approved or rejected, and a comment.',
      cause: error,
    });
  });
  return result.action === 'accept' ? answer.parse(result.content) : null;
};

const inWords = ({ question, artifact, gates, risks, rollback, digest }: ApprovalQuestion): string =>
  [
    question,
    `Artifact: ${artifact}`,
    `Gates: ${gates.map(({ gate, outcome }) => `${gate} ${outcome}`).join(', ')}`,
    ...(risks.length === 0 ? [] : [`Risks: ${risks.join('; ')}`]),
    `Way back: ${rollback}`,
    `Digest: ${digest}`,
  ].join('\n');
