import { z } from 'zod';

/** How long a language model is waited for, and how often it is asked for one answer. */
export const modelLimitsSchema = z.strictObject({
  timeoutMs: z.number().int().positive().default(120_000),
  tries: z.number().int().min(1).max(10).default(3),
  /** The wait before the second try; it doubles with each, unless the provider names another. */
  retryAfterMs: z.number().int().nonnegative().default(1_000),
  /** A provider that wants a longer wait is not waited for. */
  maxWaitMs: z.number().int().nonnegative().default(60_000),
});

/** What may stand in for a model that gives no answer. */
export const fallbackModelSchema = z.string().regex(/^openai:.+/, 'openai:NAME');

/** Without any model left: the runbook takes the required steps, or the release stops where it is, to be resumed. */
export const whenModelIsDownSchema = z.enum(['runbook', 'stop']).default('stop');
