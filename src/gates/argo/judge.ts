import { z } from 'zod';
import { reason, StagingError } from '../../catalog/errors.js';
import { lookUp } from '../look-up.js';
import type { Explanation } from '../scorecard/explanation.js';
import { assessRun, type RunSummary } from './assess-run.js';
import { explainMetric } from './explain-metric.js';
import { matchesName } from './match-name.js';
import { phases, type Phase } from './measurement.js';
import { replay, type Measurement, type Replayed } from './replay.js';
import { readTemplate, resolveArguments, type ArgoMetric, type ArgoTemplate } from './template.js';
import { validate } from './validate.js';

const measurementSchema = z
  .strictObject({ value: z.unknown().optional(), phase: z.enum(phases).optional(), error: z.string().optional() })
  .refine((given) => Object.keys(given).length === 1, 'must hold one of value, phase and error');
const dataSchema = z.object({
  measurements: z.record(z.string(), z.array(measurementSchema)),
  args: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});

export type ArgoResult = {
  phase: Phase;
  message: string;
  metrics: {
    name: string;
    phase: Phase;
    message: string;
    dryRun: boolean;
    count: number;
    successful: number;
    failed: number;
    inconclusive: number;
    error: number;
  }[];
  runSummary: RunSummary;
  dryRunSummary: RunSummary;
  /** Where Argo's rule could not have failed, or decided without evidence. */
  warnings: string[];
  explain: Explanation[];
};

/**
 * The verdict of an Argo Rollouts AnalysisRun over measurements that were taken already, and why each metric ended as it did. `args` of
 * the data go before those of the template. Throws POLICY_INVALID, SAMPLES_INVALID.
 */
export const judge = ({ template: given, data }: { template: unknown; data: unknown }): ArgoResult => {
  const template = readTemplate(given);
  const { measurements, args } = readData(data);
  const values = new Map([...template.args, ...Object.entries(args).map(([name, value]) => [name, String(value)] as const)]);
  const resolved = template.metrics.map((metric) => resolveArguments(metric, values));
  const metrics = resolved.map(({ metric }) => metric);
  const refused = refusal(
    metrics,
    resolved.flatMap(({ missing }) => missing),
    template,
  );
  if (refused !== null) return errored(refused);
  const dryRun = dryRunNames(template);
  const results = replay(metrics, measurements, dryRun);
  const { metrics: assessed, ...run } = assessRun({ metrics, results: results.filter(({ taken }) => taken > 0), dryRun });
  return {
    ...run,
    metrics: results.map(({ name, count, successful, failed, inconclusive, error }, index) => {
      const { phase = 'Pending', message = '', dryRun: isDryRun = false } = assessed[index] ?? {};
      return { name, phase, message, dryRun: isDryRun, count, successful, failed, inconclusive, error };
    }),
    warnings: [
      ...metrics.flatMap((metric, index) => warningsOf(metric, results[index], lookUp(measurements, metric.name)?.length ?? 0)),
      ...Object.keys(measurements)
        .filter((name) => !metrics.some((metric) => metric.name === name))
        .map((name) => `No metric of the template is named ${name}: its measurements were not judged.`),
      ...(metrics.every(({ name }) => dryRun.includes(name)) ? ['Every metric is a dry run: this template never fails.'] : []),
    ],
    explain: metrics.flatMap((metric, index) => {
      const result = results[index];
      return result === undefined ? [] : [explainMetric(metric, { ...result, phase: assessed[index]?.phase ?? result.phase })];
    }),
  };
};

const readData = (data: unknown): { measurements: Record<string, Measurement[]>; args: Record<string, string | number | boolean> } => {
  const parsed = dataSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new StagingError('SAMPLES_INVALID', `Failed to read the measurements: ${reason(parsed.error)}.`, { cause: parsed.error });
};

/** Why Argo would not start the run. The data stand in for the providers, so that a template without them is judged. */
const refusal = (metrics: readonly ArgoMetric[], missing: readonly string[], { dryRun }: ArgoTemplate): string | null => {
  const [argument] = missing;
  if (argument !== undefined) return `Unable to resolve metric arguments: failed to resolve {{args.${argument}}}`;
  const invalid = validate({ metrics }).find(({ code }) => code !== 'PROVIDER_MISSING');
  if (invalid !== undefined) {
    const [metric] = /^metrics\[\d+\]/.exec(invalid.path) ?? [];
    return `Analysis spec invalid: ${metric === undefined ? '' : `${metric}: `}${invalid.message}`;
  }
  const unmatched = dryRun.findIndex((pattern) => !metrics.some(({ name }) => matchesName(pattern, name)));
  return unmatched === -1 ? null : `Analysis spec invalid: dryRun[${unmatched}]: Rule didn't match any metric name(s)`;
};

const errored = (message: string): ArgoResult => {
  const empty = { count: 0, successful: 0, failed: 0, inconclusive: 0, error: 0 };
  return { phase: 'Error', message, metrics: [], runSummary: empty, dryRunSummary: empty, warnings: [], explain: [] };
};

const dryRunNames = ({ metrics, dryRun }: ArgoTemplate): string[] =>
  metrics.map(({ name }) => name).filter((name) => dryRun.some((pattern) => matchesName(pattern, name)));

const warningsOf = (metric: ArgoMetric, result: Replayed | undefined, given: number): string[] => {
  const { name, successCondition, failureCondition } = metric;
  const count = Number(metric.count ?? 0);
  const taken = result?.taken ?? 0;
  const text = `${successCondition ?? ''} ${failureCondition ?? ''}`;
  return [
    ...(count > 0 && Number(metric.failureLimit ?? 0) >= count
      ? [`${name} can never fail: ${count} measurements cannot exceed a failureLimit of ${String(metric.failureLimit)}.`]
      : []),
    ...(!successCondition && !failureCondition ? [`${name} has no condition: every value that can be read is Successful.`] : []),
    ...(/\b(default|isNil)\(\s*(?!result\s*[,)])/.test(text)
      ? [`${name}: Argo's default() and isNil() look at the whole result, not at a part of it.`]
      : []),
    ...(taken < given ? [`${name} ended after ${taken} of ${given} measurements; the others were not looked at.`] : []),
    ...(result?.phase === 'Successful' && count > result.count && !Number(metric.consecutiveSuccessLimit ?? 0)
      ? [`${name} is Successful after ${result.count} of ${count} measurements, because another metric ended the run.`]
      : []),
  ];
};
