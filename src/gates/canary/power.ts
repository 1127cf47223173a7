import type { MetricVerdict } from '../../catalog/analysis.js';
import { normalCdf, normalQuantile } from './normal.js';

/**
 * What a metric's test can do with `factor` times the present traffic. `toFail` is the chance to fail a canary that is worse by
 * `harm`, `toPass` to pass one that is not worse at all. Harm counts from 0 upwards in the watched direction, in the verdict's unit.
 */
export type Ability = { toFail: (harm: number, factor: number) => number; toPass: (factor: number) => number };

export type Power = NonNullable<MetricVerdict['power']>;

export const powerOf = (ability: Ability, detect: number, wanted: number): Power => ({
  wanted,
  detect,
  toFail: ability.toFail(detect, 1),
  toPass: ability.toPass(1),
  smallestDetectable: least((harm) => ability.toFail(harm, 1) >= wanted, { from: 0, start: detect, end: detect * 1e6 }),
});

/** How many times the present traffic fails the harm of `detect` and passes no harm, both with the chance wanted; null beyond ten thousand. */
export const factorNeeded = (ability: Ability, { detect, wanted }: Pick<Power, 'detect' | 'wanted'>): number | null =>
  least((factor) => ability.toPass(factor) >= wanted && ability.toFail(detect, factor) >= wanted, { from: 0, start: 1, end: 1e4 });

/**
 * How many times the present traffic would settle a question whose present answer has the probability `p`, if what is seen now
 * is the truth; null beyond a hundredfold, where the truth lies too close to the limit to be told apart from it.
 */
export const factorToSettle = (p: number, level: number, wanted: number): number | null => {
  const distance = -normalQuantile(p);
  const factor = ((normalQuantile(wanted) - normalQuantile(level)) / distance) ** 2;
  return distance > 0 && factor <= 100 ? Math.max(1, factor) : null;
};

/** The least number that fulfils a condition which, once it holds, keeps holding; null when it does not hold up to `end`. */
const least = (holds: (x: number) => boolean, { from, start, end }: { from: number; start: number; end: number }): number | null => {
  let [low, high] = [from, start];
  while (!holds(high)) {
    if (high >= end) return null;
    [low, high] = [high, Math.min(end, high * 2)];
  }
  for (let turn = 0; turn < 40; turn += 1) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
};

/** The values of one side, evenly thinned: enough to know how they spread. */
export const outline = (sorted: Float64Array): Float64Array => {
  const size = Math.min(sorted.length, 200);
  return Float64Array.from({ length: size }, (_, at) => sorted[Math.floor(((at + 0.5) * sorted.length) / size)] ?? NaN);
};

/**
 * The chance that the Mann-Whitney test at `level` finds a shift that lies `distance` beyond the one it tests, for values that
 * spread as the baseline's do (Noether, Journal of the American Statistical Association 82, 1987).
 */
export const rankPower = (spread: Float64Array, distance: number, { n, m, level }: { n: number; m: number; level: number }): number =>
  normalCdf((shareAbove(spread, distance) - 0.5) * Math.sqrt((12 * n * m) / (n + m + 1)) + normalQuantile(level));

/** P(X + distance > Y), ties counting half, for X and Y that both spread so. */
const shareAbove = (spread: Float64Array, distance: number): number => {
  let [below, upTo, sum] = [0, 0, 0];
  for (const value of spread) {
    while (below < spread.length && (spread[below] ?? NaN) < value + distance) below += 1;
    while (upTo < spread.length && (spread[upTo] ?? NaN) <= value + distance) upTo += 1;
    sum += (below + upTo) / 2;
  }
  return sum / spread.length ** 2;
};

/** The chance that a test at `level`, for a share of `limit` against a baseline's `from`, decides when the share is `to`. */
export const sharePower = (
  { from, limit, to }: { from: number; limit: number; to: number },
  size: { n: number; m: number; level: number },
): number => {
  const error = (share: number) => Math.sqrt((share * (1 - share)) / size.n + (from * (1 - from)) / size.m);
  const spread = error(to);
  const distance = Math.abs(to - limit) + normalQuantile(size.level) * error(limit);
  return spread > 0 ? normalCdf(distance / spread) : distance > 0 ? 1 : 0;
};
