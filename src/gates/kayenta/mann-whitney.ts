import { normalQuantile } from '../canary/normal.js';
import { present, readSamples, type Samples } from './samples.js';
import { StagingError } from '../../catalog/errors.js';
import { zeroIn, type End } from './zero-in.js';

export type MannWhitneyInput = { control: Samples; experiment: Samples; confidence?: number };
/** The values of both sides. */
export type Sides = { control: Float64Array; experiment: Float64Array };
export type Shift = { lower: number; upper: number; estimate: number };

/**
 * How far the experiment lies above the control, with an interval, as Kayenta's `MannWhitney` computes it: R's
 * `wilcox.test(experiment, control, conf.int = TRUE, exact = FALSE)`, whatever the sample sizes. `confidence` is 0.95 unless
 * told (the judge asks for 0.98); nulls are left out. Throws `SAMPLES_INVALID` when no interval exists: a side without values, or all values tied.
 */
export const mannWhitney = ({ control, experiment, confidence = 0.95 }: MannWhitneyInput): Shift => {
  const shift = locationShift({
    control: present(readSamples(control, 'control')),
    experiment: present(readSamples(experiment, 'experiment')),
    confidence,
  });
  if (shift === null)
    throw new StagingError('SAMPLES_INVALID', 'Failed to compute the shift: it needs values on both sides that are not all tied.');
  return shift;
};

/** The same on sorted finite numbers; null when every value ties at an end of the search, where the peer throws. */
export const locationShift = ({ control: y, experiment: x, confidence }: Sides & { confidence: number }): Shift | null => {
  // One point on each side always ties at the ends; rounding may hide it.
  if (x.length === 0 || y.length === 0 || x.length + y.length === 2) return null;
  const statisticAt = (shift: number) => standardised(x, y, shift);
  const least = endOf(x, y, 'least');
  const most = endOf(x, y, 'most');
  const low: End = { at: least, value: statisticAt(least) };
  const high: End = { at: most, value: statisticAt(most) };
  if (![least, most, low.value, high.value].every(Number.isFinite)) return null;
  const crossing = (quantile: number) =>
    zeroIn((shift) => statisticAt(shift) - quantile, { ...low, value: low.value - quantile }, { ...high, value: high.value - quantile });
  const bound = (quantile: number) => (low.value - quantile <= 0 ? low.at : high.value - quantile >= 0 ? high.at : crossing(quantile));
  const quantile = -normalQuantile((1 - confidence) / 2);
  return { lower: bound(quantile), upper: bound(-quantile), estimate: crossing(0) };
};

const endOf = (x: Float64Array, y: Float64Array, end: 'least' | 'most'): number =>
  end === 'least' ? (x[0] ?? NaN) - (y.at(-1) ?? NaN) : (x.at(-1) ?? NaN) - (y[0] ?? NaN);

/** The rank-sum statistic of `x - shift` against `y` in standard deviations, with continuity correction; not finite when all tie. */
const standardised = (x: Float64Array, y: Float64Array, shift: number): number => {
  const { rankSum, tied } = ranked(x, y, shift);
  const [n, m] = [x.length, y.length];
  const above = rankSum - (n * (n + 1)) / 2 - (n * m) / 2;
  const spread = Math.sqrt(((n * m) / 12) * (n + m + 1 - tied / ((n + m) * (n + m - 1))));
  return spread === 0 ? NaN : (above - Math.sign(above) * 0.5) / spread;
};

/** The sum of the average ranks of `x - shift` among both, and the sum of t³ - t over groups of t equal values. */
const ranked = (x: Float64Array, y: Float64Array, shift: number): { rankSum: number; tied: number } => {
  let [i, j, rankSum, tied] = [0, 0, 0, 0];
  // Past its end an array reads as NaN, which neither is below a value nor equals one.
  let left = (x[0] ?? NaN) - shift;
  let right = y[0] ?? NaN;
  while (i < x.length || j < y.length) {
    const value = right < left || i === x.length ? right : left;
    const [xFrom, yFrom] = [i, j];
    while (left === value) left = (x[(i += 1)] ?? NaN) - shift;
    while (right === value) right = y[(j += 1)] ?? NaN;
    const size = i - xFrom + (j - yFrom);
    if (i > xFrom) rankSum += (i - xFrom) * (xFrom + yFrom + (size + 1) / 2);
    if (size > 1) tied += size ** 3 - size;
  }
  return { rankSum, tied };
};

/** The share of pairs in which the experiment is the larger one, ties counting half (Vargha and Delaney, 2000). */
export const commonLanguageEffect = ({ control, experiment }: Sides): number => {
  const n = experiment.length;
  return (2 * ranked(experiment, control, 0).rankSum - n * (n + 1)) / (2 * n * control.length);
};
