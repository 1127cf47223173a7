import { z } from 'zod';

const ms = z.number().int().positive();

/** How long an adapter may take to answer, and how often it is asked again. */
export const doorLimitsSchema = z.strictObject({
  /** For a look or a small change: a status, samples, a weight, a flag. */
  quickMs: ms.default(30_000),
  /** For starting, stopping, integrating, building, copying and testing, beyond the time limits that are configured for each. */
  workMs: ms.default(600_000),
  /** How often something that may be done twice is asked for again after it failed. */
  retries: z.number().int().min(0).max(10).default(2),
  /** The wait before the first of these; it doubles with each. */
  retryAfterMs: z.number().int().nonnegative().default(500),
  /** What is under way when the process is asked to end (SIGTERM, Ctrl-C) may take so long; then it is cut off. */
  finishMs: ms.default(20_000),
});
