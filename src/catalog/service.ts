import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { dataSchema, migrateSchema } from './data.js';
import { checkNames } from './gates.js';
import { milliseconds } from './rollout-config.js';

export const command = z.array(z.string().min(1)).min(1).describe('a program and its arguments, never a shell line');
export const relativePath = z
  .string()
  .min(1)
  .refine((path) => !isAbsolute(path) && !path.split('/').includes('..'), 'must stay inside the repository');
export const urlPath = z.string().startsWith('/');

/** The service that a release is named after. */
export const serviceSchema = z.strictObject({
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
  /** Services of this configuration that must answer before it starts; their addresses come in variables such as PAYMENTS_URL. */
  dependsOn: z.array(z.string().min(1)).default([]),
});

/** Checks that a service does without, each with the reason that every output repeats. */
export const offSchema = z.partialRecord(z.enum(checkNames), z.string().min(1)).default({});

/** A service that is released together with the first: its versions, features, gates and data are its own. */
export const companionSchema = serviceSchema.extend({
  stable: z.string(),
  criticalUserPaths: z.array(urlPath).default([]),
  off: offSchema,
  /** Where its own data lies: it goes back with the release as that of the first does. */
  data: dataSchema.prefault({}),
});
