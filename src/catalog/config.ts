import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { dataSchema, migrateSchema } from './data.js';
import { checkNames } from './gates.js';
import { limitsSchema } from './limits.js';
import { milliseconds, percent, rolloutSchema } from './rollout-config.js';
import { serverSchema } from './server-config.js';

const command = z.array(z.string().min(1)).min(1).describe('a program and its arguments, never a shell line');
const relativePath = z
  .string()
  .min(1)
  .refine((path) => !isAbsolute(path) && !path.split('/').includes('..'), 'must stay inside the repository');
const urlPath = z.string().startsWith('/');

export const suiteKinds = ['unit', 'integration', 'api', 'ui', 'regression', 'smoke'] as const;
export type SuiteKind = (typeof suiteKinds)[number];

const suiteSchema = z.strictObject({
  name: z.string().min(1),
  kind: z.enum(suiteKinds),
  /** Run in a copy of the artifact. `{report}` is the path of the report to write, `{url}` the candidate's address. */
  command,
  format: z.enum(['junit', 'vitest', 'jest', 'playwright']).default('junit'),
  /** Where the report appears, relative to the artifact, for a runner that cannot be told `{report}`. */
  report: relativePath.optional(),
  timeoutMs: milliseconds.default(120_000),
  /** A program without which the suite is reported as not run instead of errored. */
  needs: z.string().optional(),
});

const serviceSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'lower-case letters, digits and dashes'),
  /** Relative to the configuration file. */
  repository: z.string().default('.'),
  /** What runs before the first release: a tag. */
  stable: z.string().optional(),
  featureBranch: z.string().includes('{feature}').default('feature/{feature}'),
  build: z.strictObject({ command, timeoutMs: milliseconds.default(120_000) }).optional(),
  /** The part of the worktree that is deployed. */
  artifact: relativePath.default('.'),
  /** `{port}` in the command or the environment variable PORT; DATA_DIR is a folder that lives as long as the environment. */
  start: z.strictObject({
    command,
    env: z.record(z.string(), z.string()).default({}),
    readyMs: milliseconds.default(15_000),
    port: z.strictObject({ staging: z.number().int().optional(), production: z.number().int().optional() }).default({}),
  }),
  health: urlPath.default('/healthz'),
  /** Prometheus text format; left out, the proxy's own measurements serve. */
  metrics: urlPath.optional(),
  /** Runs against DATA_DIR before the candidate starts. */
  migrate: migrateSchema.optional(),
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

/** A whole configuration. Every key is checked: an unknown one is refused by name. */
export const configSchema = z.strictObject({
  service: serviceSchema,
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
      off: z.partialRecord(z.enum(checkNames), z.string().min(1)).default({}),
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
  flags: z
    .strictObject({
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
  server: serverSchema.prefault({}),
  /** Micro-dollars per million tokens, by model name; an unlisted model is charged at the highest price listed. */
  prices: z.record(z.string(), z.strictObject({ input: z.number().nonnegative(), output: z.number().nonnegative() })).default({}),
});

export type StagingConfig = z.infer<typeof configSchema>;
export type StagingConfigInput = z.input<typeof configSchema>;
export type SuiteConfig = StagingConfig['suites'][number];
export type RolloutConfig = StagingConfig['rollout'];
export type TrafficConfig = NonNullable<StagingConfig['traffic']['staging']>;

/** Types a configuration file: `export default defineConfig({ … })`. */
export const defineConfig = (config: StagingConfigInput): StagingConfigInput => config;
