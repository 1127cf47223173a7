import type { ValuesMetric } from './canary-policy.js';
import { eitherWay, tooFew, type Evidence, type NoEvidence, type SideSummary, type Unit } from './evidence.js';
import { hodgesLehmann } from './hodges-lehmann.js';
import { rankTest, type Sides } from './mann-whitney.js';
import { outline, rankPower, type Ability } from './power.js';
import { quantile, readSide, withoutOutliers, type Side } from './read-side.js';

/**
 * What two samples of values say. Positive ones are compared by their ratio (on logarithms, so that a tolerance relative to the
 * baseline allows for the baseline's own uncertainty), others by their difference. The Mann-Whitney test is made at the
 * tolerance: the canary, taken back by as much harm as is tolerated, against the baseline.
 */
export const weighValues = (metric: ValuesMetric, level: number): Evidence | NoEvidence => {
  const read = {
    control: readSide(metric.control, 'control', metric.missing),
    experiment: readSide(metric.experiment, 'experiment', metric.missing),
  };
  for (const side of [read.control, read.experiment]) {
    if ('unreadable' in side) return { outcome: 'errored', reason: `the samples cannot be read: ${side.unreadable}`, sides: null };
  }
  // Both are readable now; the loop above cannot tell the compiler.
  const whole = read as { control: Side; experiment: Side };
  const few = tooFew(metric, summaries(whole));
  if (few !== null) return few;
  const { control, experiment, note } =
    metric.outliers === 'keep' ? { ...whole, note: null } : withoutOutliers(whole.control, whole.experiment, metric.outliers);
  const scale = scaleOf({ control: control.values, experiment: experiment.values }, metric);
  const sizeless =
    metric.tolerance > 0 && scale.up === 0 ? 'a baseline of 0 leaves a relative tolerance no size; set absoluteTolerance' : null;
  const sides = { control: scale.to(control.values), experiment: scale.to(experiment.values) };
  const test = rankTest(sides);
  const up = { ...oneWay(rankTest(sides, scale.up), 'greater', 'less'), pWorse: test.greater };
  const down = { ...oneWay(rankTest(sides, scale.down), 'less', 'greater'), pWorse: test.less };
  const shift = hodgesLehmann(sides, level);
  return {
    method: `Mann-Whitney (${test.method === 'exact' ? 'exact' : 'normal approximation, ties corrected'}), ${scale.words}`,
    unit: scale.unit,
    ...(metric.direction === 'either' ? eitherWay(up, down) : metric.direction === 'increase' ? up : down),
    change: { estimate: scale.change(shift.estimate), lower: scale.change(shift.lower), upper: scale.change(shift.upper) },
    tolerated: {
      up: metric.direction === 'decrease' ? null : scale.change(scale.up),
      down: metric.direction === 'increase' ? null : scale.change(scale.down),
    },
    effect: { superiority: test.superiority, rankBiserial: test.rankBiserial },
    sides: summaries({ control, experiment }),
    ability: abilityOf(sides, scale, metric, level),
    detect: metric.detect === undefined ? scale.detect : metric.detect * (scale.unit === 'absolute' ? scale.centre : 1),
    notes: [note, sizeless].filter((said) => said !== null),
  };
};

const summaries = ({ control, experiment }: { control: Side; experiment: Side }): Evidence['sides'] => {
  const told = ({ values, missing, outliers }: Side): SideSummary => ({
    samples: values.length,
    centre: values.length === 0 ? null : quantile(values, 0.5),
    missing,
    outliers,
  });
  return { control: told(control), experiment: told(experiment) };
};

const oneWay = (test: { greater: number; less: number }, harm: 'greater' | 'less', safe: 'greater' | 'less') => ({
  pHarm: test[harm],
  pSafe: test[safe],
});

/** How values are compared: `to` the scale on which a change is a shift, `change` back from a shift to what is reported. */
type Scale = {
  words: string;
  unit: Unit;
  up: number;
  down: number;
  /** The size of the baseline, by which a change in the metric's own unit is told relative to it. */
  centre: number;
  detect: number;
  to: (values: Float64Array) => Float64Array;
  change: (shift: number) => number;
  shift: (change: number) => number;
};

const scaleOf = ({ control, experiment }: Sides, { tolerance, absoluteTolerance }: ValuesMetric): Scale => {
  const least = Math.min(control[0] ?? 0, experiment[0] ?? 0);
  const median = Math.abs(quantile(control, 0.5));
  if (least > 0 && absoluteTolerance <= tolerance * median)
    return {
      words: 'by ratio',
      unit: 'relative',
      up: Math.log1p(tolerance),
      down: Math.log1p(-Math.min(tolerance, almostAll)),
      centre: median,
      detect: Math.max(2 * tolerance, leastDetect),
      to: (values) => values.map(Math.log),
      change: Math.expm1,
      shift: Math.log1p,
    };
  // Half of the values may be 0; what is tolerated then follows from their mean size.
  const centre = median > 0 ? median : control.reduce((sum, value) => sum + Math.abs(value), 0) / control.length;
  const margin = Math.max(tolerance * centre, absoluteTolerance);
  const unit = absoluteTolerance > tolerance * centre || centre === 0 ? 'absolute' : 'relative';
  const size = unit === 'absolute' ? 1 : centre;
  return {
    words: 'by difference',
    unit,
    up: margin,
    down: -margin,
    centre,
    detect: Math.max(2 * margin, leastDetect * centre) / size,
    to: (values) => values,
    change: (shift) => shift / size,
    shift: (change) => change * size,
  };
};

/** With no tolerance at all, a tenth of the baseline is what must not go unseen. */
const leastDetect = 0.1;

const abilityOf = ({ control, experiment }: Sides, { up, down, shift }: Scale, { direction }: ValuesMetric, level: number): Ability => {
  const spread = outline(control);
  const size = (factor: number, at: number) => ({ n: experiment.length * factor, m: control.length * factor, level: at });
  return {
    toFail: (harm, factor) =>
      direction === 'decrease'
        ? rankPower(spread, down - shift(-Math.min(harm, almostAll)), size(factor, level))
        : rankPower(spread, shift(harm) - up, size(factor, direction === 'either' ? level / 2 : level)),
    toPass: (factor) => {
      const [fromAbove, fromBelow] = [rankPower(spread, up, size(factor, level)), rankPower(spread, -down, size(factor, level))];
      return direction === 'increase' ? fromAbove : direction === 'decrease' ? fromBelow : Math.max(0, fromAbove + fromBelow - 1);
    },
  };
};

/** A decrease by all of it has no logarithm. */
const almostAll = 1 - 1e-9;
