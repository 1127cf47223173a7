import { z } from 'zod';
import { reason, StagingError } from '../../catalog/errors.js';
import { lookUp } from '../look-up.js';
import { said } from '../scorecard/explanation.js';
import { foundIf, type Found } from './finding.js';

const thresholds = z.object({ pass: z.number(), marginal: z.number() }).nullish();
const configSchema = z.object({
  metrics: z.array(z.object({ name: z.string(), groups: z.array(z.string()).nullish() })),
  classifier: z.object({ groupWeights: z.record(z.string(), z.number()).nullish(), scoreThresholds: thresholds }).nullish(),
  thresholds,
});

/**
 * A canary config of Kayenta. Its score is the sum of each group's share of healthy metrics times the weight of the group; groups
 * without a weight share what is left of 100. Throws POLICY_INVALID.
 */
export const lintKayenta = (document: unknown): Found[] => {
  const parsed = configSchema.safeParse(configOf(document));
  if (!parsed.success)
    throw new StagingError('POLICY_INVALID', `Failed to read the canary config: ${reason(parsed.error)}.`, { cause: parsed.error });
  const { metrics, classifier } = parsed.data;
  const weights = classifier?.groupWeights ?? {};
  const groups = [...new Set(metrics.flatMap((metric) => metric.groups ?? []))];
  const limits = parsed.data.thresholds ?? classifier?.scoreThresholds ?? null;
  const best = bestScore(groups, weights);
  return [
    ...foundIf(metrics.length === 0, 'NOTHING_JUDGED', 'metrics', 'there is no metric'),
    ...Object.entries(weights).flatMap(([name, weight]) =>
      foundIf(weight === 0, 'GROUP_WEIGHT_ZERO', `classifier.groupWeights.${name}`, `nothing in the group ${name} changes the score`),
    ),
    ...metrics.flatMap(({ name, groups: own }, index) =>
      foundIf(
        (own ?? []).length === 0,
        'METRIC_WITHOUT_GROUP',
        `metrics[${index}].groups`,
        `${name} is in no group: the score is without it`,
      ),
    ),
    ...(limits === null ? [] : lintThresholds(limits, groups.length === 0 ? null : best)),
  ];
};

/** The config itself, or the body of a request that holds it. */
const configOf = (document: unknown): unknown =>
  typeof document === 'object' && document !== null && 'canaryConfig' in document ? document.canaryConfig : document;

const bestScore = (groups: readonly string[], weights: Readonly<Record<string, number>>): number => {
  const given = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  const own = groups.reduce((sum, group) => sum + (lookUp(weights, group) ?? 0), 0);
  return groups.some((group) => lookUp(weights, group) === undefined) ? own + Math.max(0, 100 - given) : own;
};

const lintThresholds = ({ pass, marginal }: { pass: number; marginal: number }, best: number | null): Found[] => [
  ...foundIf(
    pass > (best ?? 100),
    'SCORE_UNREACHABLE',
    'thresholds.pass',
    `the groups that have metrics reach ${said(best ?? 100)} at most, and ${said(pass)} passes`,
  ),
  ...foundIf(
    Math.min(pass, marginal) <= 0,
    'SCORE_ALWAYS_REACHED',
    pass <= 0 ? 'thresholds.pass' : 'thresholds.marginal',
    'no score fails',
  ),
  ...foundIf(
    marginal >= pass,
    'WARNING_UNREACHABLE',
    'thresholds.marginal',
    `a score that reaches ${said(marginal)} reaches ${said(pass)} too: nothing is marginal`,
  ),
];
