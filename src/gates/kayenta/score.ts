import { StagingError } from '../../catalog/errors.js';
import { formatNumber } from '../words.js';
import type { MetricClass } from './classify-metric.js';

export type ScoredMetric = {
  name: string;
  classification: MetricClass;
  groups?: readonly string[] | undefined;
  critical?: boolean | undefined;
  muted?: boolean | undefined;
  reason?: string | undefined;
};
export type Thresholds = { pass: number; marginal: number };
/** `noData`: none of its metrics passed or failed, so that it enters the sum as 100 although its own score is 0. */
export type GroupScore = { name: string; score: number; weight: number; noData: boolean };
export type CanaryScore = { score: number; classification: 'Pass' | 'Marginal' | 'Fail'; groups: GroupScore[]; reason: string };

const nodataLimitPercent = 50;

/**
 * The score of a canary as Kayenta's WeightedSumScorer and ThresholdScoreClassifier give it. A critical metric that is not
 * Pass, or Nodata on half of the metrics, makes it 0. Otherwise a group's score is the share of its judged metrics that passed,
 * groups without a weight share what is left of 100, and muted metrics count nowhere.
 */
export const score = ({
  metrics,
  groupWeights = {},
  thresholds,
}: {
  metrics: readonly ScoredMetric[];
  groupWeights?: Readonly<Record<string, number>>;
  thresholds: Thresholds;
}): CanaryScore => {
  const heard = metrics.filter(({ muted }) => muted !== true);
  const groups = groupScores(heard, groupWeights);
  const zero = zeroReason(heard);
  const value = zero === null ? roundHalfUp(sum(groups.map((group) => (group.noData ? 100 : group.score) * (group.weight / 100)))) : 0;
  if (!Number.isFinite(value))
    throw new StagingError('POLICY_INVALID', 'Failed to score the canary: the weights of its groups are too large to be summed.');
  const classification = value >= thresholds.pass ? 'Pass' : value >= thresholds.marginal ? 'Marginal' : 'Fail';
  const compared = `score ${formatNumber(value)}, with Pass from ${formatNumber(thresholds.pass)} and Marginal from ${formatNumber(thresholds.marginal)}`;
  return { score: value, classification, groups, reason: zero === null ? compared : `${compared}: ${zero}` };
};

const groupScores = (metrics: readonly ScoredMetric[], weights: Readonly<Record<string, number>>): GroupScore[] => {
  const names = [...new Set(metrics.flatMap(({ groups = [] }) => groups))];
  const given = new Map(Object.entries(weights));
  const left = 100 - sum([...given.values()]);
  const shared = left / names.filter((name) => !given.has(name)).length;
  return names.map((name) => {
    const classes = metrics.filter(({ groups = [] }) => groups.includes(name)).map(({ classification }) => classification);
    const passed = classes.filter((found) => found === 'Pass').length;
    const judged = classes.filter((found) => counts[found]).length;
    return { name, score: judged === 0 ? 0 : (passed / judged) * 100, weight: given.get(name) ?? shared, noData: judged === 0 };
  });
};

/** Which classes a group's score is a share of. */
const counts: Record<MetricClass, boolean> = { Pass: true, High: true, Low: true, NodataFailMetric: true, Nodata: false, Error: false };

/** Why the whole score is 0, whatever the groups say. */
const zeroReason = (metrics: readonly ScoredMetric[]): string | null => {
  const failed = metrics.find(({ critical, classification }) => critical === true && classification !== 'Pass');
  if (failed !== undefined)
    return `the critical metric ${failed.name} is ${failed.classification}${failed.reason === undefined ? '' : ` (${failed.reason})`}`;
  const empty = metrics.filter(({ classification }) => classification === 'Nodata').length;
  return (empty / metrics.length) * 100 >= nodataLimitPercent ? `${empty} of ${metrics.length} metrics have no data` : null;
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Two decimals of the number as it is written, halves away from zero: 1.005 becomes 1.01, which scaling by 100 would miss. */
const roundHalfUp = (value: number): number => {
  if (Math.abs(value) < 1e-6) return 0; // written with an exponent of its own
  return Math.sign(value) * Number(`${Math.round(Number(`${Math.abs(value)}e2`))}e-2`);
};
