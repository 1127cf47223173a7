import { z } from 'zod';
import { approvalSchema, waiverSchema } from './approval-config.js';
import { dataSchema } from './data.js';
import { doorLimitsSchema } from './door-limits.js';
import { limitsSchema } from './limits.js';
import { fallbackModelSchema, modelLimitsSchema, whenModelIsDownSchema } from './model-limits.js';
import { retentionSchema } from './retention-config.js';
import { milliseconds, percent, rolloutSchema } from './rollout-config.js';
import { serverSchema } from './server-config.js';
import { command, companionSchema, offSchema, relativePath, serviceSchema, urlPath } from './service.js';
import { serviceProblems } from './services.js';
import { suiteKinds } from './suite-kinds.js';
import { telemetrySchema } from './telemetry.js';
import { toolPolicySchema } from './tool-policy-config.js';

const suiteSchema = z.strictObject({
  name: z.string().min(1),
  kind: z.enum(suiteKinds),
  /** Which of several services it tests; left out, the one that the release is named after. */
  service: z.string().optional(),
  /** Run in a copy of the artifact. `{report}` is the path of the report to write, `{url}` the candidate's address. */
  command,
  format: z.enum(['junit', 'vitest', 'jest', 'playwright']).default('junit'),
  /** Where the report appears, relative to the artifact, for a runner that cannot be told `{report}`. */
  report: relativePath.optional(),
  timeoutMs: milliseconds.default(120_000),
  /** A program without which the suite is reported as not run instead of errored. */
  needs: z.string().optional(),
});

const dependencySchema = z.strictObject({
  name: z.string().min(1),
  /** An address on this machine that answers 2xx. */
  health: z.url(),
});

const trafficSchema = z.strictObject({
  ratePerSecond: z.number().positive().default(50),
  connections: z.number().int().positive().default(10),
  paths: z.array(urlPath).min(1).optional(),
});

const plainSchema = z.strictObject({
  service: serviceSchema,
  /** What is released together with it, where a request names it. */
  services: z.array(companionSchema).default([]),
  data: dataSchema.prefault({}),
  dependencies: z.array(dependencySchema).default([]),
  suites: z.array(suiteSchema).default([]),
  criticalUserPaths: z.array(urlPath).default([]),
  load: z
    .strictObject({
      connections: z.number().int().positive().default(50),
      durationMs: milliseconds.default(10_000),
      paths: z.array(urlPath).min(1).optional(),
    })
    .prefault({}),
  security: z
    .strictObject({
      lockFile: relativePath.optional(),
      /** A file or folder of advisories in OSV format (relative to the configuration), or `registry`. */
      advisories: z.string().default('registry'),
      sarif: z.array(relativePath).default([]),
      http: z.boolean().default(true),
    })
    .prefault({}),
  performanceTargets: z
    .strictObject({
      responseTimeMs: z.number().positive().default(200),
      throughputRps: z.number().positive().default(1_000),
      errorRate: z.number().min(0).max(1).default(0.001),
      p95Ms: z.number().positive().optional(),
      p99Ms: z.number().positive().optional(),
    })
    .prefault({}),
  gates: z
    .strictObject({
      minPassRate: percent.default(95),
      /** Checks that this service does without, each with the reason that every output repeats. */
      off: offSchema,
      minUptimePercent: percent.default(99.95),
      maxMemoryGrowthBytesPerMinute: z
        .number()
        .positive()
        .default(64 * 1024 ** 2),
      maxErrorLogLines: z.number().int().nonnegative().default(0),
    })
    .prefault({}),
  stability: z
    .strictObject({
      /** Healthy time that must be observed after the deployment. */
      soakMs: milliseconds.default(24 * 3_600_000),
    })
    .prefault({}),
  rollout: rolloutSchema.prefault({}),
  /** Requests that the local environments send to themselves, so that a canary has something to be judged by. */
  traffic: z
    .strictObject({
      staging: trafficSchema.nullable().default({ ratePerSecond: 50, connections: 10 }),
      production: trafficSchema.nullable().default({ ratePerSecond: 50, connections: 10 }),
    })
    .prefault({}),
  approvers: z.array(z.string().min(1)).min(1),
  approval: approvalSchema.prefault({}),
  waivers: z.array(waiverSchema).default([]),
  flags: z
    .strictObject({
      /** Says which flags change with a version: a file in the artifact. */
      manifest: relativePath.default('flags.json'),
      /** Features that read a flag of their own name: a culprit search turns them off before it deploys anything. */
      guarded: z.union([z.literal('all'), z.array(z.string().min(1))]).default([]),
      /** How long a running service may take to see a changed flag. */
      settleMs: milliseconds.default(1_000),
    })
    .prefault({}),
  /** When one of several features made the release fail: go on without it, or stop. A request that says so has the last word. */
  onCulprit: z.enum(['drop', 'stop']).default('stop'),
  maxFixAttempts: z.number().int().nonnegative().default(1),
  limits: limitsSchema.prefault({}),
  doorLimits: doorLimitsSchema.prefault({}),
  modelLimits: modelLimitsSchema.prefault({}),
  /** Asked in place of a model that gives no answer: `openai:NAME`. */
  fallbackModel: fallbackModelSchema.optional(),
  whenModelIsDown: whenModelIsDownSchema,
  toolPolicy: toolPolicySchema.prefault({}),
  retention: retentionSchema.prefault({}),
  /** Environment variables whose values are secrets, besides those that are named like one: struck out of all that is kept or sent. */
  secrets: z.array(z.string().min(1)).default([]),
  /** The PostgreSQL that workers share: `postgres://USER@HOST:PORT/NAME`; its password stands in PGPASSWORD. */
  database: z.string().optional(),
  workers: z
    .strictObject({
      /** How often one of them wakes and looks while a release soaks: between two looks no process is held. */
      lookEveryMs: milliseconds.default(60_000),
    })
    .prefault({}),
  server: serverSchema.prefault({}),
  /** Traces and metrics for OpenTelemetry; left out, none are sent. */
  telemetry: telemetrySchema.optional(),
  /** Micro-dollars per million tokens, by model name; an unlisted model is charged at the highest price listed. */
  prices: z.record(z.string(), z.strictObject({ input: z.number().nonnegative(), output: z.number().nonnegative() })).default({}),
});

/** A whole configuration. Every key is checked: an unknown one is refused by name. */
export const configSchema = plainSchema.superRefine((config, context) => {
  for (const { path, message } of serviceProblems(config)) context.addIssue({ code: 'custom', path, message });
});

export type StagingConfig = z.infer<typeof plainSchema>;
export type StagingConfigInput = z.input<typeof configSchema>;
export type SuiteConfig = StagingConfig['suites'][number];
export type RolloutConfig = StagingConfig['rollout'];
export type TrafficConfig = NonNullable<StagingConfig['traffic']['staging']>;

/** Types a configuration file: `export default defineConfig({ … })`. */
export const defineConfig = (config: StagingConfigInput): StagingConfigInput => config;
