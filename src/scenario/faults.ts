import { z } from 'zod';

/**
 * What goes wrong in a simulated world: declared, never random.
 * `error_rate` (fraction), `latency` (ms), `crash`, `memory_leak` (bytes per minute) act on a candidate that takes traffic.
 */
export const faultSchema = z.strictObject({
  kind: z.enum([
    'red_test',
    'critical_vulnerability',
    'merge_conflict',
    'build_failure',
    'slow_load',
    'error_rate',
    'latency',
    'crash',
    'memory_leak',
    'monitoring_down',
    'preview_dead',
  ]),
  environment: z.enum(['staging', 'production']).default('staging'),
  /** The fault acts in attempts up to this one: a fix ends it. */
  untilAttempt: z.number().int().positive().default(1_000),
  /** The fault comes with this feature: an artifact without it, or with its flag off, does not have it. For `red_test`. */
  feature: z.string().optional(),
  /** Seconds of traffic before it shows. */
  afterS: z.number().nonnegative().default(0),
  value: z.number().default(0),
});
export type Fault = z.infer<typeof faultSchema>;
export type FaultInput = z.input<typeof faultSchema>;
