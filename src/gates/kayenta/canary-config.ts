import { z } from 'zod';
import { reason, StagingError } from '../../catalog/errors.js';
import { plain } from '../words.js';

const judgeName = 'NetflixACAJudge-v1.0';

/** What the peer's JSON leaves out is null there as often as absent. */
const optional = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);
const thresholdsSchema = z.object({ pass: z.number(), marginal: z.number() });

const canarySchema = z.object({
  direction: optional(z.string()),
  nanStrategy: optional(z.string()),
  critical: optional(z.boolean()),
  mustHaveData: optional(z.boolean()),
  muted: optional(z.boolean()),
  effectSize: optional(
    z.object({
      measure: optional(z.string()),
      allowedIncrease: optional(z.number()),
      allowedDecrease: optional(z.number()),
      criticalIncrease: optional(z.number()),
      criticalDecrease: optional(z.number()),
    }),
  ),
  outliers: optional(z.object({ strategy: optional(z.string()), outlierFactor: optional(z.number()) })),
});

const configSchema = z.object({
  judge: optional(z.object({ name: optional(z.string()) })),
  metrics: z.array(
    z.object({
      name: z.string().min(1),
      groups: optional(z.array(z.string())),
      analysisConfigurations: optional(z.object({ canary: optional(canarySchema) })),
    }),
  ),
  classifier: optional(z.object({ groupWeights: optional(z.record(z.string(), z.number())), scoreThresholds: optional(thresholdsSchema) })),
  thresholds: optional(thresholdsSchema),
});

export type CanaryConfig = z.infer<typeof configSchema>;

/** The body of the peer's `POST /canary`: a configuration, and the thresholds beside it. */
const requestSchema = z.object({
  canaryConfig: z.unknown(),
  executionRequest: optional(z.object({ thresholds: optional(thresholdsSchema) })),
});

/**
 * A canary config as Kayenta writes it, from parsed JSON: the config itself with `thresholds` beside its keys, or the body of
 * `POST /canary`. Throws `POLICY_INVALID` when a key is of the wrong type, a name appears twice or the judge is another one.
 */
export const parseCanaryConfig = (value: unknown): CanaryConfig => {
  if (typeof value === 'object' && value !== null && 'canaryConfig' in value) {
    const request = parsed(requestSchema, value);
    const config = parseCanaryConfig(request.canaryConfig);
    return { ...config, thresholds: request.executionRequest?.thresholds ?? config.thresholds };
  }
  const config = parsed(configSchema, value);
  const judge = config.judge?.name ?? judgeName;
  if (judge !== judgeName) throw refused(`judge.name is "${plain(judge)}"; only ${judgeName} is known`);
  const names = config.metrics.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw refused(`metrics names "${plain(twice)}" twice`);
  return config;
};

const parsed = <T extends z.ZodType>(schema: T, value: unknown): z.infer<T> => {
  const result = schema.safeParse(value);
  if (!result.success) throw refused(plain(reason(result.error)), result.error);
  return result.data;
};

const refused = (why: string, cause?: unknown): StagingError =>
  new StagingError('POLICY_INVALID', `Failed to read the canary config: ${why}.`, cause === undefined ? {} : { cause });
