import { z } from 'zod';
import { suiteKinds } from './suite-kinds.js';

/** One run of one suite as the blackboard shows it: the counts, and where its evidence is. */
export const suiteResult = z.object({
  id: z.string(),
  suite: z.string(),
  kind: z.enum(suiteKinds),
  target: z.enum(['artifact', 'preview', 'live']),
  status: z.enum(['completed', 'errored', 'not_configured', 'not_run']),
  reason: z.string(),
  total: z.number(),
  passed: z.number(),
  failed: z.number(),
  skipped: z.number(),
  durationMs: z.number(),
  attempt: z.number(),
  evidence: z.array(z.string()).describe('digests'),
});
