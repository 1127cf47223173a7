import { normalTail } from './normal.js';

/** Ascending finite numbers. */
export type Sides = { control: Float64Array; experiment: Float64Array };

/**
 * `greater` and `less` are the probabilities, if both sides were alike, of an experiment at least as high or as low as this one.
 * `superiority` is the share of pairs in which the experiment is the higher (ties half); `rankBiserial` is the same from -1 to 1.
 */
export type RankTest = { greater: number; less: number; superiority: number; rankBiserial: number; method: 'exact' | 'normal' };

/** Up to this many values on both sides together every arrangement is counted; the normal curve is close beyond. */
const exactUpTo = 50;

/**
 * The Mann-Whitney test of `experiment - shift` against `control`, both sorted, one-sided both ways (Mann and Whitney, 1947).
 * Up to 50 values in all the exact permutation distribution, ties included (Streitberg and Röhmel, 1986); beyond that the
 * normal approximation with tie correction and continuity correction, as R's `wilcox.test` has it.
 */
export const rankTest = ({ control, experiment }: Sides, shift = 0): RankTest => {
  const [n, m] = [experiment.length, control.length];
  const { rankSum, scores, tied } = rankBoth(control, experiment, shift);
  const u = rankSum - (n * (n + 1)) / 2;
  const superiority = u / (n * m);
  const effect = { superiority, rankBiserial: 2 * superiority - 1 };
  if (n + m <= exactUpTo)
    return { ...(tied === 0 ? untiedTails(n, m, u) : exactTails(scores, n, 2 * rankSum)), ...effect, method: 'exact' };
  const deviation = Math.sqrt(((n * m) / 12) * (n + m + 1 - tied / ((n + m) * (n + m - 1))));
  const above = u - (n * m) / 2;
  // All values alike: nothing speaks for a difference.
  if (!(deviation > 0)) return { greater: 1, less: 1, ...effect, method: 'normal' };
  return {
    greater: Math.min(1, normalTail((above - 0.5) / deviation)),
    less: Math.min(1, normalTail((-above - 0.5) / deviation)),
    ...effect,
    method: 'normal',
  };
};

/** Average ranks of both sides together: their sum over the experiment, all of them doubled to whole numbers (only where they are counted), and Σ t³ - t. */
const rankBoth = (control: Float64Array, experiment: Float64Array, shift: number) => {
  const [n, m] = [experiment.length, control.length];
  const scores: number[] = [];
  let [i, j, rankSum, tied] = [0, 0, 0, 0];
  // Values a tolerance apart are alike but for the rounding of the shift, which must not rank them.
  const ends = [control[0], control[m - 1], experiment[0], experiment[n - 1], shift].map((value = 0) => Math.abs(value));
  const alike = shift === 0 ? 0 : 1e-12 * Math.max(...ends);
  // Past its end an array reads as NaN, which neither is below a value nor equals one.
  let mine = (experiment[0] ?? NaN) - shift;
  let other = control[0] ?? NaN;
  while (i < n || j < m) {
    const value = other < mine || i === n ? other : mine;
    const [from, otherFrom] = [i, j];
    while (mine - value <= alike) mine = (experiment[(i += 1)] ?? NaN) - shift;
    while (other - value <= alike) other = control[(j += 1)] ?? NaN;
    const size = i - from + (j - otherFrom);
    const doubled = 2 * (from + otherFrom) + size + 1;
    rankSum += ((i - from) * doubled) / 2;
    if (size > 1) tied += size ** 3 - size;
    if (n + m <= exactUpTo) for (let item = 0; item < size; item += 1) scores.push(doubled);
  }
  return { rankSum, scores, tied };
};

const untiedTails = (n: number, m: number, u: number): { greater: number; less: number } => {
  const upTo = untied(n, m);
  const tail = (count: number) => (count < 0 ? 0 : count < upTo.length ? (upTo[count] ?? 0) : 1 - (upTo[n * m - count - 1] ?? 0));
  return { greater: tail(n * m - u), less: tail(u) };
};

const known = new Map<string, Float64Array>();

/** P(U <= u) without ties for u up to the middle, beyond which the distribution mirrors itself. It depends on the sizes alone, so it is counted once. */
const untied = (n: number, m: number): Float64Array => {
  const key = `${n}:${m}`;
  const counted = known.get(key);
  if (counted !== undefined) return counted;
  const least = (n * (n - 1)) / 2;
  const ranks = Array.from({ length: n + m }, (_, at) => at);
  const all = choose(n + m, n);
  let sum = 0;
  const upTo = waysBySum(ranks, n, least + Math.floor((n * m) / 2))
    .subarray(least)
    .map((ways) => (sum += ways / all));
  known.set(key, upTo);
  return upTo;
};

/** The share of all choices of `size` scores whose sum is at most, and at least, `observed`. */
const exactTails = (scores: readonly number[], size: number, observed: number): { greater: number; less: number } => {
  const least = Math.min(...scores);
  const offset = scores.map((score) => score - least);
  const total = offset.reduce((sum, score) => sum + score, 0);
  const seen = observed - size * least;
  // Choosing `size` scores is leaving out the others: the shorter tail is the cheaper one to count.
  const mirrored = 2 * seen * scores.length > 2 * size * total;
  const most = Math.max(...offset);
  const counted = mirrored ? offset.map((score) => most - score) : offset;
  const bound = mirrored ? size * most - seen : seen;
  const ways = waysBySum(counted, size, bound);
  const all = choose(scores.length, size);
  const upTo = ways.reduce((sum, count) => sum + count, 0) / all;
  const beyond = Math.min(1, 1 - upTo + (ways[bound] ?? 0) / all);
  return mirrored ? { greater: upTo, less: beyond } : { greater: beyond, less: upTo };
};

/** In how many ways `size` of the scores add up to each sum from 0 to `bound`. */
const waysBySum = (scores: readonly number[], size: number, bound: number): Float64Array => {
  const width = bound + 1;
  const ways = new Float64Array((size + 1) * width);
  ways[0] = 1;
  for (const [index, score] of scores.entries()) {
    for (let chosen = Math.min(index + 1, size); chosen > 0; chosen -= 1) {
      const [to, from] = [chosen * width, (chosen - 1) * width - score];
      for (let sum = bound; sum >= score; sum -= 1) {
        const more = ways[from + sum] ?? 0;
        if (more > 0) ways[to + sum] = (ways[to + sum] ?? 0) + more;
      }
    }
  }
  return ways.subarray(size * width);
};

const choose = (from: number, size: number): number => {
  let count = 1;
  for (let item = 1; item <= size; item += 1) count *= (from - size + item) / item;
  return count;
};

/**
 * The largest number of the n·m differences that may lie below a bound without the bound losing its `level`, or -1 when even
 * none is too many: what turns the test into an interval. Without ties it is the test exactly.
 */
export const differencesBelow = (n: number, m: number, level: number): number => {
  const middle = (n * m) / 2;
  if (n + m > exactUpTo) {
    const deviation = Math.sqrt((n * m * (n + m + 1)) / 12);
    return largest(Math.floor(middle), (count) => normalTail((middle - count - 0.5) / deviation) <= level);
  }
  const upTo = untied(n, m);
  return largest(Math.floor(middle), (count) => (upTo[count] ?? 1) <= level);
};

/** The largest whole number from -1 to `top` for which a condition that only stops holding still holds. */
const largest = (top: number, holds: (count: number) => boolean): number => {
  let [low, high] = [-1, top];
  while (low < high) {
    const next = Math.ceil((low + high) / 2);
    if (holds(next)) low = next;
    else high = next - 1;
  }
  return low;
};
