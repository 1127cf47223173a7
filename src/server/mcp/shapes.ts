import { z } from 'zod';

export const releaseId = z.string().min(1).describe('The id of a release, as request_release and list_releases give it');

/** The approval that is open now: what an answer is bound to. */
export const question = z.looseObject({
  digest: z.string().describe('Pass it back with a decision: it binds the answer to what is shown here'),
  question: z.string(),
  service: z.string(),
  version: z.string(),
  gates: z.array(z.looseObject({ gate: z.string(), outcome: z.string() })),
  risks: z.array(z.string()),
  rollback: z.string(),
  approvers: z.array(z.string()),
});

export const gate = z.object({
  gate: z.string(),
  outcome: z.string(),
  checks: z.array(z.object({ check: z.string(), outcome: z.string(), reason: z.string(), evidence: z.array(z.string()) })),
});
