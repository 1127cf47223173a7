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
  const summary = ({ events, total }: Counter) => ({
    samples: total,
    centre: total === 0 ? null : events / total,
    missing: 0,
    outliers: 0,
  });
  const sides = { control: summary(control), experiment: summary(experiment) };
  const few = tooFew(metric, sides);
  if (few !== null) return few;

  const { direction, tolerance, absoluteTolerance } = metric;
  const rate = control.events / control.total;
  const margin = Math.max(tolerance * rate, absoluteTolerance);
  const isRare = ({ events }: Counter) => events < fewEvents && margin > 0;
  const tested = (from: Counter, to: Counter) => (isRare(from) ? rareEvents : commonEvents)(from, to, { margin, level });
  const up = tested(control, experiment);
  // Fewer events are more of the others.
  const down = tested(others(control), others(experiment));
  const watched = direction === 'decrease' ? { from: others(control), to: others(experiment) } : { from: control, to: experiment };
  const rare = isRare(watched.from);
  return {
    method: rare ? 'exact binomial test' : "Fisher's exact test",
    unit: 'share',
    ...(direction === 'either' ? eitherWay(up, down) : direction === 'increase' ? up : down),
    change: shareDifference(control, experiment, level),
    tolerated: { up: direction === 'decrease' ? null : margin, down: direction === 'increase' ? null : -margin },
    effect: null,
    sides,
    ability: abilityOf({ ...watched, margin, rare, level, bothWays: direction === 'either' }),
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

type Watched = { from: Counter; to: Counter; margin: number; rare: boolean; level: number; bothWays: boolean };

const abilityOf = ({ from, to, margin, rare, level, bothWays }: Watched): Ability => {
  // Half an event on no event: a baseline that had none may have some.
  const rate = (from.events + (from.events === 0 ? 0.5 : 0)) / (from.total + (from.events === 0 ? 1 : 0));
  const within = (share: number) => Math.min(1 - 1e-12, share);
  const size = (factor: number, at: number) => ({ n: to.total * factor, m: from.total * factor, level: at });
  const limit = within(rate + margin);
  return {
    toFail: (harm, factor) =>
      within(rate + harm) <= limit
        ? 0
        : sharePower({ from: rate, limit, to: within(rate + harm) }, size(factor, bothWays ? level / 2 : level)),
    toPass: (factor) => {
      // If no further event comes, which is what a baseline without events promises.
      if (rare && !bothWays) return binomialTest({ events: to.events, total: Math.round(to.total * factor) }, margin).less <= level ? 1 : 0;
      const one = sharePower({ from: rate, limit, to: rate }, size(factor, level));
      return bothWays ? Math.max(0, 2 * one - 1) : one;
    },
  };
};
