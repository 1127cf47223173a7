import { z } from 'zod';
import { reason } from '../../catalog/errors.js';
import type { Answer } from '../../gates/rule-on-answer.js';

const ownSchema = z.strictObject({
  digest: z.string(),
  decision: z.enum(['approved', 'rejected', 'withdrawn']),
  by: z.string().optional(),
  comment: z.string().default(''),
});

/** Our own answer, as the command and the servers send it: every key is checked, and the digest must be there. */
export const readOwn = (given: unknown): Answer => {
  const { success, data, error } = ownSchema.safeParse(given);
  if (!success) return { kind: 'unclear', why: `the answer could not be read (${reason(error)})` };
  return { kind: 'decision', decision: data.decision, digest: data.digest, by: data.by ?? null, comment: data.comment };
};
