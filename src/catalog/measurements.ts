import { z } from 'zod';
import { analysisSchema } from './analysis.js';

/** Time is a number of milliseconds since the epoch (`…At`) or a duration (`…Ms`); sizes are bytes; rates are fractions of 1. */
export const timestamp = z.number();
export const text = z.string(); // came from outside: never trusted, fenced before a model reads it
export const slot = z.enum(['blue', 'green']);
export const environment = z.enum(['staging', 'production']);

/** A service that is released together with the first, as it was built or as it stands in a slot. */
export const serviceVersion = z.object({ service: z.string(), version: z.string(), digest: z.string() });

/** A version in words, with what goes with it. */
export const sayVersions = (version: string, services: readonly { service: string; version: string }[] = []): string =>
  [version, ...services.map((one) => `${one.service} ${one.version}`)].join(' with ');

export const build = z.object({
  status: z.enum(['built', 'failed']),
  digest: z.string(),
  path: z.string(),
  files: z.number().int(),
  bytes: z.number().int(),
  durationMs: z.number(),
  output: text,
  /** The services that are released together with it. */
  services: z.array(serviceVersion.extend({ path: z.string() })).optional(),
  /** What each of them was built from, as far as it came. */
  integrated: z
    .array(
      z.object({
        service: z.string(),
        base: z.string(),
        commit: z.string(),
        features: z.array(z.object({ feature: z.string(), branch: z.string(), commit: z.string() })),
      }),
    )
    .optional(),
});

export const serviceHealth = z.object({ name: z.string(), healthy: z.boolean(), url: z.string(), detail: text });

const slotStatus = z.object({
  slot,
  state: z.enum(['empty', 'starting', 'healthy', 'unhealthy', 'crashed']),
  version: z.string().nullable(),
  digest: z.string().nullable(),
  url: z.string().nullable(),
  restarts: z.number().int(),
  /** The digest of the configuration that it was deployed with; left out where nobody keeps it. */
  configuration: z.string().optional(),
  /** What stands there beside it; `state` is then the worst of all of them. Left out where it is alone. */
  services: z.array(serviceVersion.extend({ url: z.string().nullable(), restarts: z.number().int() })).optional(),
});

/** A line that a process printed; `at` is when it was read, null where nobody kept the time. */
export const logLine = z.object({ at: timestamp.nullable(), text });
export type LogLine = z.infer<typeof logLine>;

export const environmentStatus = z.object({
  environment,
  ready: z.boolean(),
  proxyUrl: z.string(),
  activeSlot: slot,
  candidateWeightPercent: z.number(),
  slots: z.array(slotStatus),
  services: z.array(serviceHealth),
});

const setting = z.object({ on: z.boolean(), percentage: z.number() });
/** A feature flag that changes with a version, and how it stood before. */
const flagStep = setting.extend({ environment, name: z.string(), before: setting });
export type FlagStep = z.infer<typeof flagStep>;

/** What became of such a flag when the version went back. */
const flagUndone = z.object({ environment, name: z.string(), undone: z.boolean(), detail: z.string() });
export type FlagUndone = z.infer<typeof flagUndone>;

/** A candidate in the idle slot. Where several services are released together, `healthy` speaks of all of them. */
export const preview = z.object({
  slot,
  version: z.string(),
  digest: z.string(),
  url: z.string(),
  healthy: z.boolean(),
  startupMs: z.number(),
  detail: text,
  services: z.array(serviceVersion.extend({ url: z.string(), healthy: z.boolean() })).optional(),
  /** Flags that were changed for it; left out where it declares none. */
  flags: z.array(flagStep).optional(),
});

export const vulnerability = z.object({
  id: z.string(),
  package: z.string(),
  version: z.string(),
  severity: z.enum(['low', 'moderate', 'high', 'critical', 'unknown']),
  title: text,
});

/** `errored`: the instrument broke. `not_configured` and `not_run`: nobody asked for it, or its program is not installed. */
export const instrument = { status: z.enum(['completed', 'errored', 'not_configured', 'not_run']), reason: text };

export const latencyMs = z.object({ average: z.number(), p50: z.number(), p95: z.number(), p99: z.number(), max: z.number() });
export const resources = z.object({ cpuCores: z.number(), memoryBytes: z.number() });

/** One second of one slot, as the proxy, the process table and the health path saw it. */
export const sampleSchema = z.object({
  at: timestamp,
  environment,
  slot,
  /** Which of several services; left out, the one that the release is named after. */
  service: z.string().optional(),
  version: z.string().nullable(),
  requests: z.number().int(),
  /** Answers of 5xx and connections that the candidate broke. */
  errors: z.number().int(),
  latencyAverageMs: z.number().nullable(),
  latencyP95Ms: z.number().nullable(),
  cpuCores: z.number().nullable(),
  memoryBytes: z.number().nullable(),
  /** null: not asked in this sample. */
  healthy: z.boolean().nullable(),
  restarts: z.number().int(),
  errorLogLines: z.number().int(),
  /** Copies of requests whose answers nobody saw; left out where nothing was mirrored. */
  mirrored: z
    .object({
      requests: z.number().int(),
      errors: z.number().int(),
      latencyAverageMs: z.number().nullable(),
      latencyP95Ms: z.number().nullable(),
    })
    .optional(),
});
export type Sample = z.infer<typeof sampleSchema>;

const weightChange = z.object({
  at: timestamp,
  environment,
  weight: z.number(),
  slot,
  reason: z.string(),
});
export type WeightChange = z.infer<typeof weightChange>;

const breach = z.object({
  metric: z.enum(['error_rate', 'latency_p95', 'crash', 'health']),
  value: z.number(),
  target: z.number(),
  firstSampleAt: timestamp,
  /** As in the samples that show it. */
  service: z.string().optional(),
});
export type Breach = z.infer<typeof breach>;

/** What sent the traffic back. `at` is when it first showed: the time of the sample, or of the word that was given. */
const trigger = z.object({
  kind: z.enum(['health', 'performance', 'error_rate', 'analysis', 'alert', 'person', 'silence']),
  /** A person, an alert by its name, or `watcher`. */
  by: z.string(),
  at: timestamp,
});
export type Trigger = z.infer<typeof trigger>;
/** The environment variables that a version starts with, beside those of the version before: names, never values. */
export const configurationChange = z.object({
  digest: z.string(),
  previousDigest: z.string().nullable(),
  added: z.array(z.string()),
  changed: z.array(z.string()),
  removed: z.array(z.string()),
});
export type ConfigurationChange = z.infer<typeof configurationChange>;

/** One step of a release: what it does, how it goes back, and what that means here. */
export const planStep = z.object({
  service: z.string(),
  step: z.enum(['snapshot', 'migration', 'configuration', 'flag', 'deployment', 'traffic']),
  what: z.string(),
  reversal: z.enum(['reversible', 'snapshot', 'forward-only']),
  back: z.string(),
});
export type PlanStep = z.infer<typeof planStep>;

export const afterRollback = z.object({
  environment,
  version: z.string().nullable(),
  /** What serves beside it, of what was released together. */
  services: z.array(serviceVersion).optional(),
  slot,
  candidateWeightPercent: z.number(),
  /** Why the traffic stays where it is; null when it is back. */
  frozen: z.string().nullable().default(null),
  /** The flags that had changed with it; left out where none had. */
  flags: z.array(flagUndone).optional(),
});

export const rolloutRecord = z.object({
  environment,
  strategy: z.enum(['blue-green', 'canary']),
  /** `refused`: it never began. `frozen`: it should go back and can't, because the old version can't live with the data. */
  outcome: z.enum(['completed', 'rolled_back', 'inconclusive', 'refused', 'frozen']),
  slot,
  version: z.string(),
  digest: z.string(),
  previousVersion: z.string().nullable(),
  /** The digest of the configuration that it was deployed with. */
  configuration: z.string().optional(),
  /** Flags that were changed for it there; left out where it declares none, and in staging, where the preview has them. */
  flags: z.array(flagStep).optional(),
  /** What moved together with it. */
  services: z.array(serviceVersion.extend({ previousVersion: z.string().nullable() })).optional(),
  startedAt: timestamp,
  durationMs: z.number(),
  changes: z.array(weightChange),
  breach: breach.nullable(),
  /** Left out where nothing sent the traffic back. */
  trigger: trigger.optional(),
  /** From the trigger (the first breaching sample) to all traffic on the stable slot. */
  restoreMs: z.number().nullable(),
  /** The last comparison with the stable version, where one was asked for. */
  analysis: analysisSchema.optional(),
  /** What the candidate printed around the trigger; left out where nothing sent the traffic back. */
  log: z.array(logLine).optional(),
  /** What the traffic through the proxy saw in this time: `dropped` are requests without an answer. */
  traffic: z.object({ requests: z.number(), dropped: z.number(), candidateErrors: z.number() }),
  samples: z.array(sampleSchema),
  reason: z.string(),
});
export type RolloutRecord = z.infer<typeof rolloutRecord>;

export type EnvironmentName = z.infer<typeof environment>;
export type SlotName = z.infer<typeof slot>;
export type EnvironmentStatus = z.infer<typeof environmentStatus>;
export type ServiceHealth = z.infer<typeof serviceHealth>;
