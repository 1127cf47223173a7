import type { CanaryVerdict, MetricVerdict } from '../../catalog/analysis.js';
import { counted, formatNumber, formatPercent } from '../words.js';
import type { CanaryMetric } from './canary-policy.js';
import type { Evidence, Unit } from './evidence.js';
import type { Rejection } from './holm.js';
import type { CanaryOutcome, Needed } from './judge-canary.js';
import type { Power } from './power.js';

export type Told = {
  metric: CanaryMetric;
  evidence: Evidence;
  outcome: CanaryOutcome;
  target: number;
  harm: Rejection;
  level: number;
  power: Power;
  needed: Needed | null;
};

/** A verdict in words: what decided, then a paragraph a metric, the worst first. The same as JSON is the verdict itself. */
export const explainCanary = (verdict: CanaryVerdict): string => {
  const { looks, spending } = verdict.look;
  const rate = `A good canary is failed at most ${formatPercent(verdict.falseAlarmRate)} of the time, over ${counted(verdict.metrics.length, 'metric')}`;
  const look =
    looks.length === 0
      ? ''
      : ` and all looks (look ${looks.length}, at ${formatPercent(looks.at(-1) ?? 1)} of the evidence, ${spending} spending)`;
  return [`${verdict.reason}${longestWords(verdict)} ${rate}${look}.`, ...byOutcome(verdict.metrics).map(explainMetric)].join('\n');
};

const longestWords = ({ needed, metrics }: CanaryVerdict): string => {
  if (needed?.times == null || metrics.length < 2) return '';
  return ` ${needed.metric} takes longest: ${formatNumber(Number(needed.times.toPrecision(2)))} times the traffic so far, in all.`;
};

const explainMetric = (verdict: MetricVerdict): string => {
  const { metric, outcome, reason, rule, power, unit, wouldChange, notes, canary, baseline } = verdict;
  const sizes =
    canary === null || baseline === null
      ? null
      : `${unit === 'share' ? 'Requests' : 'Samples'}: ${canary.samples} of the canary, ${baseline.samples} of the baseline`;
  const able = power === null || unit === null ? null : abilityWords(power, unit);
  const change = `What would change it: ${wouldChange}`;
  return [`${metric} ${outcome}: ${reason}`, `Rule: ${rule}`, sizes, able, ...notes, change]
    .filter((sentence) => sentence !== null)
    .map((sentence) => `${sentence}.`)
    .join(' ');
};

const abilityWords = ({ detect, toFail, toPass, smallestDetectable, wanted }: Power, unit: Unit): string =>
  `Power: a canary worse by ${amount(detect, unit)} would be failed with ${formatPercent(round(toFail))}, an unchanged one passed with ${formatPercent(round(toPass))}; ` +
  (smallestDetectable === null
    ? `no harm would be seen with ${formatPercent(wanted)}`
    : `the smallest harm seen with ${formatPercent(wanted)} is ${amount(smallestDetectable, unit)}`);

const round = (share: number): number => Number(share.toFixed(2));

/** The order of telling: what shuts the gate first. */
const telling: readonly CanaryOutcome[] = ['failed', 'errored', 'inconclusive', 'warning', 'passed'];
const byOutcome = (metrics: readonly MetricVerdict[]): MetricVerdict[] =>
  [...metrics].sort((a, b) => telling.indexOf(a.outcome) - telling.indexOf(b.outcome));

export const summaryOf = (outcome: CanaryOutcome, metrics: readonly MetricVerdict[]): string => {
  const deciding = metrics.filter((verdict) => verdict.outcome === outcome);
  const names = deciding.map(({ metric }) => metric).join(', ');
  return outcome === 'passed' ? `Canary passed: shown to be within its tolerance on ${names}.` : `Canary ${outcome}, because of ${names}.`;
};

export const ruleOf = ({ direction, tolerance, absoluteTolerance, minSamples }: CanaryMetric, evidence: Evidence | null): string => {
  const worse = { increase: 'higher', decrease: 'lower', either: 'higher or lower' }[direction];
  const absolute = absoluteTolerance > 0 ? ` or ${formatNumber(absoluteTolerance)}, whichever is more` : '';
  const method = evidence === null ? '' : `; ${evidence.method}`;
  return `at most ${formatPercent(tolerance)}${absolute} ${worse} than the baseline, from ${minSamples} samples a side${method}`;
};

export const reasonOf = ({ evidence, outcome, target, harm, level, needed }: Told): string => {
  const { change, unit, sides, pHarm, pWorse } = evidence;
  const interval = `${formatPercent(1 - 2 * level)} interval ${bound(change.lower, unit)} to ${bound(change.upper, unit)}`;
  const seen = `the change is ${signed(change.estimate, unit)} on a baseline of ${formatNumber(sides.control.centre ?? 0)} (${interval})`;
  const limit = `the tolerated ${signed(target, unit)}`;
  switch (outcome) {
    case 'failed':
      return `${seen}, which is beyond ${limit} (p ${probability(harm.adjusted)} over all metrics)`;
    case 'passed':
      return `${seen}, which is within ${limit}`;
    case 'warning':
      return `${seen}: surely worse (p ${probability(pWorse)}), but within ${limit}`;
    case 'inconclusive': {
      const alone =
        pHarm <= level
          ? `beyond ${limit} taken alone, but not once all metrics are allowed for`
          : `neither shown to be within ${limit} nor beyond it`;
      return `${seen}: ${alone}; ${neededWords(needed)}`;
    }
    case 'errored':
      return seen;
  }
};

const neededWords = (needed: Needed | null): string => {
  if (needed === null || needed.canary === null)
    return 'more traffic will not settle it: the change lies too close to the limit, so decide by hand or move the tolerance';
  const minutes = needed.minutes === null ? '' : `, about ${counted(needed.minutes, 'minute')} at the present traffic`;
  return `about ${counted(needed.canary, `more ${oneOf(needed)}`)} of the canary would settle it${minutes}`;
};

const oneOf = ({ unit }: Needed): string => ({ requests: 'request', samples: 'sample' })[unit];

/** The distance of the interval's end from the limit: by so much the canary would have to differ. */
export const wouldChangeOf = ({ evidence, outcome, target, needed }: Told): string => {
  const { change, unit } = evidence;
  const room = target >= 0 ? target - change.upper : change.lower - target;
  const excess = target >= 0 ? change.lower - target : target - change.upper;
  switch (outcome) {
    case 'passed':
    case 'warning':
      return `a canary worse by another ${amount(room, unit)}, or a tolerance smaller by as much`;
    case 'failed':
      return `a canary better by ${amount(excess, unit)}, or a tolerance larger by as much`;
    case 'inconclusive':
      return needed?.canary == null
        ? `a tolerance of ${amount(Math.abs(target) - room, unit)}, or a canary that differs more`
        : `${counted(needed.canary, `more ${oneOf(needed)}`)} of the canary and ${formatNumber(needed.baseline ?? 0)} of the baseline, or a tolerance of ${amount(Math.abs(target) - room, unit)}`;
    case 'errored':
      return 'samples that are numbers';
  }
};

const amount = (size: number, unit: Unit): string => {
  if (!Number.isFinite(size)) return 'an unknown amount';
  const shown = Number(Math.abs(size).toPrecision(3));
  if (unit === 'absolute') return formatNumber(shown);
  return unit === 'share' ? `${formatNumber(Number((shown * 100).toPrecision(3)))} percentage points` : formatPercent(shown);
};

const signed = (size: number, unit: Unit): string => `${size < 0 ? '-' : '+'}${amount(size, unit)}`;
const bound = (size: number, unit: Unit): string => (Number.isFinite(size) ? signed(size, unit) : 'unbounded');
const probability = (p: number): string => (p < 1e-4 ? 'below 0.0001' : formatNumber(Number(p.toPrecision(2))));
