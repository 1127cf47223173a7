import { z } from 'zod';
import { outcomes } from '../blackboard/store.js';

/** Where a release stands, as every door gives it. */
export const releaseSummarySchema = z.object({
  release: z.string(),
  service: z.string(),
  version: z.string(),
  features: z.array(z.string()),
  target: z.enum(['staging', 'production']),
  state: z.enum(['queued', 'running', 'waiting', 'ended']).describe('queued: behind the release that has the environments now'),
  waitingFor: z.enum(['approval', 'soak', 'person']).nullable(),
  outcome: z.enum(outcomes).nullable(),
  reason: z.string(),
  requestedBy: z.string(),
  simulated: z.boolean().describe('True: nothing real was deployed or measured'),
  createdAt: z.number().describe('Milliseconds since 1970'),
  updatedAt: z.number(),
});

export type ReleaseSummary = z.infer<typeof releaseSummarySchema>;
