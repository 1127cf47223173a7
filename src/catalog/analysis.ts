import { z } from 'zod';

/** The verdict of a comparison: of the candidate with the version that serves, or of any canary with its baseline. */
const outcome = z.enum(['passed', 'warning', 'failed', 'inconclusive', 'errored']);

/** `centre` is the median of values, or the share of events; null of nothing. */
const side = z.object({ samples: z.number(), centre: z.number().nullable(), missing: z.number(), outliers: z.number() });

/**
 * What a metric is still missing, in its own `unit`: requests of a counter, samples of anything else. `times` is how many times the traffic
 * so far it takes in all, which means the same for every metric. `minutes` is null when nobody said how long was observed, `canary` and
 * `baseline` when no traffic would settle it.
 */
const needed = z.object({
  unit: z.enum(['requests', 'samples']),
  canary: z.number().nullable(),
  baseline: z.number().nullable(),
  times: z.number().nullable(),
  minutes: z.number().nullable(),
});

/**
 * The verdict on one metric, with everything it rests on. `value`, `target` and `margin` are in `unit`: parts of the baseline
 * (`relative`), parts of all requests (`share`) or the metric's own (`absolute`). `margin` is what is left of the tolerance.
 * `p.harmAdjusted` allows for all metrics; `p.level` is what the newest look asks of a pass. Null is what could not be known.
 */
const metricVerdict = z.object({
  metric: z.string(),
  outcome,
  reason: z.string(),
  rule: z.string(),
  unit: z.enum(['relative', 'share', 'absolute']).nullable(),
  value: z.number().nullable(),
  target: z.number().nullable(),
  margin: z.number().nullable(),
  interval: z.object({ lower: z.number().nullable(), upper: z.number().nullable(), confidence: z.number() }).nullable(),
  baseline: side.nullable(),
  canary: side.nullable(),
  effect: z.object({ superiority: z.number(), rankBiserial: z.number() }).nullable(),
  p: z.object({ harm: z.number(), harmAdjusted: z.number(), safe: z.number(), unchanged: z.number(), level: z.number() }).nullable(),
  /** `detect` is the harm that must not go unseen; `smallestDetectable` is null when no harm would be seen surely enough. */
  power: z
    .object({
      wanted: z.number(),
      detect: z.number(),
      toFail: z.number(),
      toPass: z.number(),
      smallestDetectable: z.number().nullable(),
    })
    .nullable(),
  needed: needed.nullable(),
  wouldChange: z.string(),
  notes: z.array(z.string()),
});
export type MetricVerdict = z.infer<typeof metricVerdict>;

/** The worst metric decides: harm that is sure on one fails the canary, and it passes only when every one is sure to be safe. */
const canaryVerdict = z.object({
  outcome,
  reason: z.string(),
  metrics: z.array(metricVerdict),
  /** What the metric that takes longest is missing: with as much traffic every other one is settled too. */
  needed: needed.extend({ metric: z.string() }).nullable(),
  falseAlarmRate: z.number(),
  look: z.object({ looks: z.array(z.number()), spending: z.enum(['obrien-fleming', 'pocock']), level: z.number() }),
});
export type CanaryVerdict = z.infer<typeof canaryVerdict>;

/** The candidate beside the stable version, by code. */
export const analysisSchema = z.object({
  outcome,
  reason: z.string(),
  /** What the candidate must still get; null where it is decided. `requests` is null where no traffic would decide it. */
  needed: z.object({ requests: z.number().nullable(), minutes: z.number().nullable() }).nullable().optional(),
  /** Left out before the first look. */
  verdict: canaryVerdict.optional(),
});
export type Analysis = z.infer<typeof analysisSchema>;
