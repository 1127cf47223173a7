import { StagingError } from '../../catalog/errors.js';
import { normalQuantile } from '../canary/normal.js';
import { formatNumber, formatPercent } from '../words.js';
import { commonLanguageEffect, locationShift, type Shift, type Sides } from './mann-whitney.js';
import { mean, present, readSamples, withoutOutliers, type Samples } from './samples.js';

export type MetricClass = 'Pass' | 'High' | 'Low' | 'Nodata' | 'NodataFailMetric' | 'Error';

/** How a metric is judged; everything has the default of NetflixACAJudge-v1.0. Text that it does not know means the default too. */
export type MetricRule = {
  direction?: string | undefined;
  nanStrategy?: string | undefined;
  critical?: boolean | undefined;
  mustHaveData?: boolean | undefined;
  tolerance?: number | undefined;
  confidence?: number | undefined;
  effectSize?:
    | {
        measure?: string | undefined;
        allowedIncrease?: number | undefined;
        allowedDecrease?: number | undefined;
        criticalIncrease?: number | undefined;
        criticalDecrease?: number | undefined;
      }
    | undefined;
  outliers?: { strategy?: string | undefined; outlierFactor?: number | undefined } | undefined;
};

/** `critical` says whether the metric fails the whole canary, not whether the rule calls it critical. The numbers are null where nothing was compared. */
export type MetricVerdict = {
  classification: MetricClass;
  critical: boolean;
  lower: number | null;
  upper: number | null;
  estimate: number | null;
  effect: number;
  reason: string;
};

/**
 * One metric of a canary, classified as Kayenta's NetflixACAJudge-v1.0 does: missing values removed or set to 0, outliers by
 * Tukey's fences, then High or Low when the whole interval of the shift lies beyond `tolerance` (0.25) of its own estimate and
 * the effect reaches what is allowed. Source: github.com/spinnaker/kayenta, MannWhitneyClassifier and NetflixACAJudge.
 * Two constant sides differ from the peer in one thing: it adds random noise, this adds the same amount of noise evenly spread,
 * so that a verdict can be repeated. Throws `SAMPLES_INVALID`, `POLICY_INVALID`.
 */
export const classifyMetric = ({ control, experiment, ...rule }: { control: Samples; experiment: Samples } & MetricRule): MetricVerdict => {
  const { confidence = 0.98, tolerance = 0.25, effectSize = {} } = rule;
  const cles = effectSize.measure === 'cles';
  const none = cles ? 0.5 : 1;
  const clean = (samples: Samples, side: string) => cleaned(readSamples(samples, side), rule);
  const read = { control: clean(control, 'control'), experiment: clean(experiment, 'experiment') };
  const early = withoutComparison(read, rule);
  if (early !== null) return { lower: null, upper: null, estimate: null, effect: none, ...early };

  const sides = spread(read);
  const shift = locationShift({ ...sides, confidence });
  const effect = cles ? commonLanguageEffect(sides) : meanRatio(sides);
  if (shift === null) {
    const reason = 'no interval can be computed, because all values tie when one side is moved onto the other';
    return { classification: 'Error', critical: false, lower: null, upper: null, estimate: null, effect, reason };
  }
  const margin = tolerance * Math.abs(shift.estimate);
  /** An effect that cannot be computed, because a mean is 0, never stands in the way. */
  const reached = (limit: number | undefined, side: 'High' | 'Low'): boolean =>
    Number.isNaN(effect) || (side === 'High' ? effect >= (limit ?? none) : effect <= (limit ?? none));
  const high = rule.direction !== 'decrease' && shift.lower > margin && reached(effectSize.allowedIncrease, 'High');
  const low = rule.direction !== 'increase' && shift.upper < -margin && reached(effectSize.allowedDecrease, 'Low');
  const classification = high ? 'High' : low ? 'Low' : 'Pass';
  const critical =
    rule.critical === true &&
    classification !== 'Pass' &&
    reached(classification === 'High' ? effectSize.criticalIncrease : effectSize.criticalDecrease, classification);
  const measured = inWords({ shift, margin, effect, confidence, cles });
  return {
    classification,
    critical,
    ...shift,
    effect,
    reason: `${measured}: ${verdictWords[classification]}${critical ? ', critically' : ''}`,
  };
};

const verdictWords = {
  Pass: 'not shown to be different in the watched direction',
  High: 'higher than the control',
  Low: 'lower than the control',
};

const cleaned = (values: Float64Array, { nanStrategy, outliers = {} }: MetricRule): Float64Array => {
  const known = present(nanStrategy === 'replace' ? values.map((value) => (Number.isNaN(value) ? 0 : value)) : values);
  const { strategy, outlierFactor = 3 } = outliers;
  if (strategy !== 'remove') return known;
  if (!(outlierFactor > 0)) throw new StagingError('POLICY_INVALID', 'Failed to remove outliers: outlierFactor must be above 0.');
  return withoutOutliers(known, outlierFactor);
};

/** The cases that are decided before any test. */
const withoutComparison = (
  { control, experiment }: Sides,
  { nanStrategy, critical = false, mustHaveData = false }: MetricRule,
): Pick<MetricVerdict, 'classification' | 'critical' | 'reason'> | null => {
  if (control.length === 0 || experiment.length === 0) {
    const missing = control.length > 0 ? 'the experiment has' : experiment.length > 0 ? 'the control has' : 'both sides have';
    if (nanStrategy === 'replace')
      return { classification: 'Pass', critical: false, reason: `${missing} no values, which nanStrategy replace lets pass` };
    return mustHaveData && !critical
      ? { classification: 'NodataFailMetric', critical: false, reason: `${missing} no values, and the metric must have data` }
      : { classification: 'Nodata', critical, reason: `${missing} no values` };
  }
  return sameValues(control, experiment)
    ? { classification: 'Pass', critical: false, reason: 'the experiment and the control hold the same values' }
    : null;
};

const sameValues = (control: Float64Array, experiment: Float64Array): boolean =>
  (isConstant(control) && isConstant(experiment) && control[0] === experiment[0]) ||
  (control.length === experiment.length && control.every((value, at) => value === experiment[at]));

const isConstant = (sorted: Float64Array): boolean => sorted.length > 0 && sorted[0] === sorted.at(-1);

/** Two sides that are constant, each at a value of its own, get a hundred-thousandth of noise: a test needs something to rank. */
const spread = ({ control, experiment }: Sides): Sides => {
  if (!isConstant(control) || !isConstant(experiment)) return { control, experiment };
  const noisy = (values: Float64Array) =>
    values.map((value, at) => value + 1e-5 * Math.abs(value) * normalQuantile((at + 0.5) / values.length));
  return { control: noisy(control), experiment: noisy(experiment) };
};

const meanRatio = ({ control, experiment }: Sides): number => {
  const [from, to] = [mean(control), mean(experiment)];
  return from === 0 || to === 0 ? NaN : to / from;
};

type Measured = { shift: Shift; margin: number; effect: number; confidence: number; cles: boolean };

const inWords = ({ shift, margin, effect, confidence, cles }: Measured): string => {
  const effectWords = Number.isNaN(effect)
    ? 'no ratio of means, as one is 0'
    : `${cles ? 'share of pairs in which it is higher' : 'ratio of means'} ${formatNumber(effect)}`;
  return (
    `the experiment is shifted by ${formatNumber(shift.estimate)} (${formatPercent(confidence)} interval ` +
    `${formatNumber(shift.lower)} to ${formatNumber(shift.upper)}; tolerated ±${formatNumber(margin)}; ${effectWords})`
  );
};
