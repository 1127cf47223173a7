import { z } from 'zod';
import { reason, StagingError } from '../../catalog/errors.js';
import { parsePolicy } from '../parse-policy.js';

const intOrString = z.union([z.number(), z.string()]).nullish();
const metricSchema = z.looseObject({
  name: z.string().default(''),
  count: intOrString,
  interval: z.string().nullish(),
  initialDelay: z.string().nullish(),
  successCondition: z.string().nullish(),
  failureCondition: z.string().nullish(),
  failureLimit: intOrString,
  inconclusiveLimit: intOrString,
  consecutiveErrorLimit: intOrString,
  consecutiveSuccessLimit: intOrString,
  provider: z.record(z.string(), z.unknown()).nullish(),
});
const specSchema = z.looseObject({
  metrics: z.array(metricSchema).nullish(),
  args: z.array(z.looseObject({ name: z.string(), value: z.union([z.string(), z.number(), z.boolean()]).nullish() })).nullish(),
  dryRun: z.array(z.object({ metricName: z.string() })).nullish(),
});

export type ArgoMetric = z.infer<typeof metricSchema>;
export type ArgoTemplate = { metrics: ArgoMetric[]; args: Map<string, string | null>; dryRun: string[] };

/**
 * Reads an AnalysisTemplate, a ClusterAnalysisTemplate, an AnalysisRun or the `spec` of one, as text or parsed. Throws POLICY_INVALID.
 */
export const readTemplate = (template: unknown): ArgoTemplate => {
  const document = typeof template === 'string' ? parsePolicy(template, 'AnalysisTemplate') : template;
  const spec: unknown = typeof document === 'object' && document !== null && 'spec' in document ? document.spec : document;
  const parsed = specSchema.safeParse(spec);
  if (!parsed.success)
    throw new StagingError('POLICY_INVALID', `Failed to read the AnalysisTemplate: ${reason(parsed.error)}.`, { cause: parsed.error });
  const { metrics, args, dryRun } = parsed.data;
  return {
    metrics: metrics ?? [],
    args: new Map((args ?? []).map(({ name, value }) => [name, value == null ? null : String(value)])),
    dryRun: (dryRun ?? []).map(({ metricName }) => metricName),
  };
};

const argument = /\{\{\s*args\.([^}\s]+)\s*\}\}/g;
const resolved = [
  'count',
  'interval',
  'initialDelay',
  'successCondition',
  'failureCondition',
  'failureLimit',
  'inconclusiveLimit',
  'consecutiveErrorLimit',
  'consecutiveSuccessLimit',
] as const;

/** The metric with its arguments filled in; `missing` names those that have no value. Queries are left alone: nobody asks them here. */
export const resolveArguments = (
  metric: ArgoMetric,
  args: ReadonlyMap<string, string | null>,
): { metric: ArgoMetric; missing: string[] } => {
  const missing = new Set<string>();
  const filled: ArgoMetric = { ...metric };
  for (const key of resolved) {
    const given = metric[key];
    if (typeof given !== 'string') continue;
    filled[key] = given.replace(argument, (whole, name: string) => {
      const value = args.get(name) ?? null;
      if (value === null) missing.add(name);
      return value ?? whole;
    });
  }
  return { metric: filled, missing: [...missing] };
};
