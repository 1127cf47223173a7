import type { CanaryVerdict, MetricVerdict } from '../../catalog/analysis.js';
import { worst } from '../outcomes.js';
import { parseCanaryPolicy, type CanaryInput, type CanaryMetric, type CanaryPolicy } from './canary-policy.js';
import type { Evidence, NoEvidence } from './evidence.js';
import { reasonOf, ruleOf, summaryOf, wouldChangeOf } from './explain-canary.js';
import { holm, type Rejection } from './holm.js';
import { factorNeeded, factorToSettle, powerOf } from './power.js';
import { levelOfLook } from './sequential.js';
import { weighCounter } from './weigh-counter.js';
import { weighValues } from './weigh-values.js';

export type CanaryOutcome = CanaryVerdict['outcome'];
export type Needed = NonNullable<MetricVerdict['needed']>;

/**
 * Judges a canary against its baseline, from samples alone. A metric passes when its harm is shown to lie within the tolerance
 * (a one-sided test of non-inferiority; all must pass, which needs no correction: Berger, Technometrics 24, 1982), fails when
 * it is shown to lie beyond (corrected over the metrics by Holm's method, so that a good canary is failed with at most
 * `falseAlarmRate`), and is `inconclusive` in between, with what is missing. Harm that is sure, but tolerable, is a `warning`.
 * Several `looks` share the rate (Lan and DeMets). Text or infinities among the samples make a metric `errored`.
 * Throws `POLICY_INVALID`.
 */
export const judgeCanary = (input: CanaryInput): CanaryVerdict => {
  const policy = parseCanaryPolicy(input);
  const { falseAlarmRate, looks, spending } = policy;
  const levels = new Map<number, number>();
  const levelOf = (share: number): number => {
    const known = levels.get(share) ?? levelOfLook(share, looks, spending);
    levels.set(share, known);
    return known;
  };
  const level = levelOf(falseAlarmRate);
  const weighed = policy.metrics.map((metric) => ({ metric, evidence: weigh(metric, level) }));
  const harms = holm(
    weighed.map(({ evidence }) => ('outcome' in evidence ? 1 : evidence.pHarm)),
    falseAlarmRate,
    levelOf,
  );
  const metrics = weighed.map(({ metric, evidence }, index) => {
    const harm = harms[index] ?? { rejected: false, adjusted: 1, level };
    return 'outcome' in evidence ? unweighed(metric, evidence, policy) : verdictOf(metric, evidence, { harm, level, policy });
  });
  const outcome = worst(metrics.map((verdict) => verdict.outcome)) as CanaryOutcome; // the worst of these five is one of them
  const needed = outcome === 'inconclusive' ? longest(metrics) : null;
  return { outcome, reason: summaryOf(outcome, metrics), metrics, needed, falseAlarmRate, look: { looks, spending, level } };
};

const weigh = (metric: CanaryMetric, level: number): Evidence | NoEvidence =>
  metric.kind === 'values' ? weighValues(metric, level) : weighCounter(metric, level);

const unweighed = (metric: CanaryMetric, { outcome, reason, sides }: NoEvidence, { minutes }: CanaryPolicy): MetricVerdict => {
  const smaller = sides === null ? 0 : Math.min(sides.control.samples, sides.experiment.samples);
  const factor = smaller === 0 ? null : metric.minSamples / smaller;
  const lacking = (samples: number) => Math.max(0, metric.minSamples - samples);
  const needed =
    sides === null || outcome !== 'inconclusive'
      ? null
      : {
          unit: unitOf(metric),
          times: factor,
          canary: lacking(sides.experiment.samples),
          baseline: lacking(sides.control.samples),
          minutes: factor === null || minutes === undefined ? null : Math.ceil((factor - 1) * minutes),
        };
  const nothing = { unit: null, value: null, target: null, margin: null, interval: null, effect: null, p: null, power: null };
  const verdict = { metric: metric.name, outcome, reason, rule: ruleOf(metric, null), ...nothing, needed, notes: [] };
  return {
    ...verdict,
    baseline: sides?.control ?? null,
    canary: sides?.experiment ?? null,
    wouldChange: outcome === 'errored' ? 'samples that are numbers' : `at least ${metric.minSamples} samples on each side`,
  };
};

type Decision = { harm: Rejection; level: number; policy: CanaryPolicy };

const verdictOf = (metric: CanaryMetric, evidence: Evidence, { harm, level, policy }: Decision): MetricVerdict => {
  const { pHarm, pSafe, pWorse, change, tolerated, sides } = evidence;
  const safe = pSafe <= level;
  const outcome: CanaryOutcome = harm.rejected ? 'failed' : !safe ? 'inconclusive' : pWorse <= level ? 'warning' : 'passed';
  const power = powerOf(evidence.ability, evidence.detect, policy.power);
  const needed = outcome === 'inconclusive' ? neededFor(metric, evidence, { harm, level, policy }) : null;
  // Of two watched ways the one that the canary moved.
  const target = (change.estimate >= 0 ? (tolerated.up ?? tolerated.down) : (tolerated.down ?? tolerated.up)) ?? 0;
  const margin = target === tolerated.up ? target - change.estimate : change.estimate - target;
  const told = { metric, evidence, outcome, target, harm, level, power, needed };
  return {
    metric: metric.name,
    outcome,
    reason: reasonOf(told),
    rule: ruleOf(metric, evidence),
    unit: evidence.unit,
    value: finite(change.estimate),
    target,
    margin: finite(margin),
    interval: { lower: finite(change.lower), upper: finite(change.upper), confidence: 1 - 2 * level },
    baseline: sides.control,
    canary: sides.experiment,
    effect: evidence.effect,
    p: { harm: pHarm, harmAdjusted: harm.adjusted, safe: pSafe, unchanged: pWorse, level },
    power,
    needed,
    wouldChange: wouldChangeOf(told),
    notes: evidence.notes,
  };
};

const finite = (bound: number): number | null => (Number.isFinite(bound) ? bound : null);

/** First what any canary needs; where that is there already, what would settle this one if what is seen is the truth. */
const neededFor = (metric: CanaryMetric, { ability, detect, pHarm, pSafe, sides }: Evidence, { harm, level, policy }: Decision): Needed => {
  const unit = unitOf(metric);
  const planned = factorNeeded(ability, { detect, wanted: policy.power });
  const settling =
    planned !== null && planned > 1.02 ? planned : factorToSettle(Math.min(pHarm, pSafe), pHarm < pSafe ? harm.level : level, policy.power);
  if (settling === null) return { unit, canary: null, baseline: null, times: null, minutes: null };
  const more = Math.max(settling - 1, 0.02);
  return {
    unit,
    times: 1 + more,
    canary: Math.ceil(more * sides.experiment.samples),
    baseline: Math.ceil(more * sides.control.samples),
    minutes: policy.minutes === undefined ? null : Math.ceil(more * policy.minutes),
  };
};

const unitOf = ({ kind }: CanaryMetric): Needed['unit'] => (kind === 'counter' ? 'requests' : 'samples');

/** Of all that is missing the metric that takes longest: one that no traffic settles, else one whose traffic is not known, else the most times. */
const longest = (metrics: readonly MetricVerdict[]): CanaryVerdict['needed'] => {
  const rank = ({ canary, times }: Needed): number => (canary === null ? Infinity : (times ?? Number.MAX_VALUE));
  return metrics
    .flatMap(({ metric, needed }) => (needed === null ? [] : [{ metric, ...needed }]))
    .reduce<CanaryVerdict['needed']>((most, one) => (most === null || rank(one) > rank(most) ? one : most), null);
};
