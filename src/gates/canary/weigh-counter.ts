import type { CounterMetric } from './canary-policy.js';
import { eitherWay, tooFew, type Evidence, type NoEvidence } from './evidence.js';
import { sharePower, type Ability } from './power.js';
import { binomialTest, fisherTest, shareDifference, upperShare, type Counter } from './proportions.js';
import { readCounter } from './read-side.js';

/** With fewer events than this in the baseline, its odds say too little to be multiplied. */
const fewEvents = 5;

/**
 * What two counters say: events of requests, compared as shares. With enough events in the baseline Fisher's exact test at the
 * odds that the tolerance allows. With next to none the share itself is held against the absolute tolerance by the exact
 * binomial test, for harm on top of the most the baseline's own share may be (Berger and Boos, Journal of the American
 * Statistical Association 89, 1994).
 */
export const weighCounter = (metric: CounterMetric, level: number): Evidence | NoEvidence => {
  const [control, experiment] = [readCounter(metric.control, 'control'), readCounter(metric.experiment, 'experiment')];
  if ('unreadable' in control) return { outcome: 'errored', reason: `the counters cannot be read: ${control.unreadable}`, sides: null };
  if ('unreadable' in experiment)
    return { outcome: 'errored', reason: `the counters cannot be read: ${experiment.unreadable}`, sides: null };
  const summary = ({ events, total }: Counter) => ({ samples: total, centre: total === 0 ? NaN : events / total, missing: 0, outliers: 0 });
  const sides = { control: summary(control), experiment: summary(experiment) };
  const few = tooFew(metric, sides);
  if (few !== null) return few;

  const { direction, tolerance, absoluteTolerance } = metric;
  const rate = control.events / control.total;
  const margin = Math.max(tolerance * rate, absoluteTolerance);
  const rare = control.events < fewEvents && absoluteTolerance > 0;
  const test = rare ? rareEvents : commonEvents;
  const up = test(control, experiment, { margin, level });
  // Fewer events are more of the others.
  const down = commonEvents(others(control), others(experiment), { margin, level });
  return {
    method: rare && direction !== 'decrease' ? 'exact binomial test' : "Fisher's exact test",
    unit: 'share',
    ...(direction === 'either' ? eitherWay(up, down) : direction === 'increase' ? up : down),
    change: shareDifference(control, experiment, level),
    tolerated: { up: direction === 'decrease' ? null : margin, down: direction === 'increase' ? null : -margin },
    effect: null,
    sides,
    ability: abilityOf({ control, experiment, margin, rare, level, direction }),
    detect: metric.detect === undefined ? 2 * margin || leastDetect : Math.max(metric.detect * rate, margin),
    notes: [],
  };
};

const leastDetect = 0.005;

type Tested = { pHarm: number; pSafe: number; pWorse: number };
type Limits = { margin: number; level: number };

const others = ({ events, total }: Counter): Counter => ({ events: total - events, total });

const commonEvents = (control: Counter, experiment: Counter, { margin }: Limits): Tested => {
  const rate = control.events / control.total;
  const odds = (share: number) => share / (1 - share);
  const limit = rate + margin;
  // Without an event in the baseline no ratio of odds is known: only that there is more of it can be shown.
  const ratio = limit >= 1 ? Infinity : rate === 0 ? 1 : odds(limit) / odds(rate);
  const pWorse = fisherTest(control, experiment).greater;
  // No share can lie beyond such a limit.
  if (ratio === Infinity) return { pHarm: 1, pSafe: 0, pWorse };
  const { greater, less } = fisherTest(control, experiment, ratio);
  return { pHarm: greater, pSafe: rate === 0 ? 1 : less, pWorse };
};

const rareEvents = (control: Counter, experiment: Counter, { margin, level }: Limits): Tested => {
  const doubt = level / 10;
  const most = upperShare(control, doubt);
  return {
    pHarm: Math.min(1, binomialTest(experiment, Math.min(1, most + margin)).greater + doubt),
    // The baseline's share is at least 0: a canary below the margin alone is below any limit.
    pSafe: binomialTest(experiment, margin).less,
    pWorse: fisherTest(control, experiment).greater,
  };
};

type Counted = {
  control: Counter;
  experiment: Counter;
  margin: number;
  rare: boolean;
  level: number;
  direction: CounterMetric['direction'];
};

const abilityOf = ({ control, experiment, margin, rare, level, direction }: Counted): Ability => {
  // Half an event on no event: a baseline that had none may have some.
  const rate = (control.events + (control.events === 0 ? 0.5 : 0)) / (control.total + (control.events === 0 ? 1 : 0));
  const sign = direction === 'decrease' ? -1 : 1;
  const within = (share: number) => Math.min(1 - 1e-12, Math.max(0, share));
  const size = (factor: number, at: number) => ({ n: experiment.total * factor, m: control.total * factor, level: at });
  const limit = within(rate + sign * margin);
  return {
    toFail: (harm, factor) => {
      const to = within(rate + sign * harm);
      return Math.abs(to - rate) <= Math.abs(limit - rate)
        ? 0
        : sharePower({ from: rate, limit, to }, size(factor, direction === 'either' ? level / 2 : level));
    },
    toPass: (factor) => {
      // If no further event comes, which is what a baseline without events promises.
      if (rare && direction === 'increase')
        return binomialTest({ events: experiment.events, total: Math.round(experiment.total * factor) }, margin).less <= level ? 1 : 0;
      const one = sharePower({ from: rate, limit, to: rate }, size(factor, level));
      return direction === 'either' ? Math.max(0, 2 * one - 1) : one;
    },
  };
};
