import { z } from 'zod';
import { linearPattern } from './linear-pattern.js';

export const milliseconds = z.number().int().nonnegative();
export const percent = z.number().min(0).max(100);

/** In the syntax of RE2, as Istio's: what visitors send is matched with it. */
const pattern = z
  .string()
  .min(1)
  .superRefine((source, context) => {
    const read = linearPattern(source);
    if ('refused' in read) context.addIssue({ code: 'custom', message: `must be a regular expression of RE2: ${read.refused}` });
  });

/** The three ways in which Argo Rollouts and Flagger compare a value; a `regex` must match all of it. */
const stringMatch = z.union([
  z.strictObject({ exact: z.string() }),
  z.strictObject({ prefix: z.string().min(1) }),
  z.strictObject({ regex: pattern }),
]);
const token = z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'letters, digits and dashes');

const routeSchema = z.strictObject({
  /** A request that fits one of these always reaches the candidate while a rollout is on, whatever the weight. */
  match: z
    .array(
      z.union([
        z.strictObject({ headerName: token, headerValue: stringMatch }),
        z.strictObject({ cookieName: token, cookieValue: stringMatch }),
      ]),
    )
    .default([]),
  /** The proxy gives each visitor a cookie that keeps it on one version while the weight holds. */
  sessionAffinity: z
    .strictObject({ cookieName: token.default('langgraph-staging-visitor'), maxAgeMs: milliseconds.default(6 * 3_600_000) })
    .optional(),
});

const stepSchema = z.strictObject({
  /** With 0 only what `route.match` names reaches the candidate. */
  weightPercent: percent,
  pauseMs: milliseconds,
  /** Share of the safe requests (GET, HEAD) of which the candidate gets a copy; its answers go nowhere. */
  mirrorPercent: percent.default(0),
  /** Goes on only when the candidate was compared with the stable version in this step, and passed. */
  analysis: z.boolean().default(false),
});

const freezeSchema = z.strictObject({
  reason: z.string().min(1),
  /** Who said so. */
  by: z.string().min(1),
  /** Left out, it has always been frozen, or nobody knows until when. */
  from: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
  environments: z
    .array(z.enum(['staging', 'production']))
    .min(1)
    .default(['staging', 'production']),
});

export const rolloutSchema = z
  .strictObject({
    strategy: z.enum(['blue-green', 'canary']).default('canary'),
    /** Weight of the candidate in percent, and how long it is held. */
    steps: z.array(stepSchema).default([
      { weightPercent: 10, pauseMs: 60_000, mirrorPercent: 0, analysis: false },
      { weightPercent: 50, pauseMs: 60_000, mirrorPercent: 0, analysis: false },
    ]),
    /** A/B: who reaches the candidate beside the weight. */
    route: routeSchema.prefault({}),
    /** How long the candidate is watched at full traffic before the old slot is given up. */
    watchMs: milliseconds.default(60_000),
    drainMs: milliseconds.default(5_000),
    sampleMs: z.number().int().min(100).default(1_000),
    /** A step with fewer requests than this is extended, once by its own length, and then inconclusive. */
    minRequests: z.number().int().nonnegative().default(50),
    /** Any of these, in one sample, sends all traffic back. */
    breach: z
      .strictObject({
        /** Fraction of the candidate's requests that failed, over at least `minRequests` of the last `windowSamples` samples. */
        errorRate: z.number().min(0).max(1).default(0.02),
        latencyP95Ms: z.number().positive().default(1_000),
        failedHealthChecks: z.number().int().positive().default(2),
        minRequests: z.number().int().positive().default(10),
        windowSamples: z.number().int().positive().default(5),
      })
      .prefault({}),
    /** The candidate against the stable version, over the same time. */
    analysis: z
      .strictObject({
        /** Compares in every step, and sends all traffic back when the comparison fails. */
        background: z.boolean().default(false),
        /** The candidate may fail this fraction of requests more than the stable version. */
        errorRateIncrease: z.number().min(0).lt(1).default(0.01),
        /** By how much it may be slower: a fraction of the stable version's average latency, or `latencyIncreaseMs` where that is more. null: latency is not compared. */
        latencyIncrease: z.number().nonnegative().nullable().default(0.25),
        latencyIncreaseMs: milliseconds.default(25),
        /** 1 minus the chance that a good candidate is sent back, over all metrics and all looks of a step. */
        confidence: z.number().min(0.5).max(0.9999).default(0.95),
        /** How surely twice the allowed harm is to be seen: it says how many requests are missing. */
        power: z.number().min(0.5).lt(1).default(0.8),
        /** Fewer requests, or fewer samples with requests, on a side are no evidence. */
        minRequests: z.number().int().min(2).default(30),
        minSamples: z.number().int().min(2).default(10),
        /** How the looks of a step share what `confidence` leaves: about the same at each, or hardly any of it early. */
        spending: z.enum(['pocock', 'obrien-fleming']).default('pocock'),
        /** How long a step waits after its pause for an analysis to pass; then it is inconclusive. */
        maxHoldMs: milliseconds.default(600_000),
      })
      .prefault({}),
    /** How long after the switch one command sends all traffic back to the version before. */
    rollbackWindowMs: milliseconds.default(24 * 3_600_000),
    /** How long the old version keeps running after the switch; null: until the next candidate needs its slot. */
    scaleDownDelayMs: milliseconds.nullable().default(null),
    /** Times in which no rollout begins or goes on; the way back is always open. */
    freeze: z.array(freezeSchema).default([]),
  })
  .refine(({ scaleDownDelayMs, rollbackWindowMs }) => scaleDownDelayMs === null || scaleDownDelayMs >= rollbackWindowMs, {
    path: ['scaleDownDelayMs'],
    error: 'the old version would be gone before rollbackWindowMs is over',
  });
