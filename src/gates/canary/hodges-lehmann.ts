import { differencesBelow, type Sides } from './mann-whitney.js';

/** A bound is infinite where so few values can give none at the level asked for. */
export type Interval = { estimate: number; lower: number; upper: number };

/**
 * The shift of the experiment against the control: the median of all pairwise differences (Hodges and Lehmann, 1963), with
 * the bounds that invert the Mann-Whitney test, each missing the true shift with at most probability `level`. Both sides
 * sorted; the n·m differences are counted, never stored, so that a million values on each side take about a second.
 */
export const hodgesLehmann = (sides: Sides, level: number): Interval => {
  const [n, m] = [sides.experiment.length, sides.control.length];
  const below = differencesBelow(n, m, level);
  const middle = Math.ceil((n * m) / 2);
  const first = difference(sides, middle);
  const estimate = (n * m) % 2 === 1 ? first : (first + next(sides, first, middle)) / 2;
  if (below < 0) return { estimate, lower: -Infinity, upper: Infinity };
  return { estimate, lower: difference(sides, below + 1), upper: difference(sides, n * m - below) };
};

/** The difference after `value`, which is number `rank`: the same one again when it occurs more often. */
const next = (sides: Sides, value: number, rank: number): number => {
  const { count, above } = countUpTo(sides, value);
  return count > rank ? value : above;
};

/** How far beside its goal each pair of guesses is aimed, on either side of it, so that both ends close in: the nearer, the straighter the way. */
const aside = [0.005, 0.02, 0.002] as const;

/** Number `rank` of the differences in ascending order, counted from 1. */
const difference = (sides: Sides, rank: number): number => {
  const { experiment, control } = sides;
  const [total, outline] = [experiment.length * control.length, outlineOf(sides)];
  const few = (experiment.length + control.length) / 8 + 256;
  let low = (experiment[0] ?? NaN) - (control.at(-1) ?? NaN);
  let high = (experiment.at(-1) ?? NaN) - (control[0] ?? NaN);
  let [belowLow, upToHigh] = [0, total];
  // Both ends are differences that occur, and every turn moves one of them to another: ties cannot keep the search going.
  for (let turn = 0; low < high; turn += 1) {
    if (upToHigh - belowLow <= few) return between(sides, low, high, upToHigh - belowLow)[rank - belowLow - 1] ?? NaN;
    const beside = (aside[turn >> 1] ?? aside[2]) * (turn % 2 === 0 ? 1 : -1);
    const share = Math.min(0.999, Math.max(0.001, (rank - belowLow) / (upToHigh - belowLow) + beside));
    const drawn = outline[Math.floor((rank / total + beside) * outline.length)] ?? NaN;
    const guess = turn < 2 ? drawn : low + (high - low) * (turn % 8 === 7 ? 0.5 : share);
    const { count, below, above } = countUpTo(sides, guess >= low && guess < high ? guess : low);
    if (count >= rank) [high, upToHigh] = [below, count];
    else [low, belowLow] = [above, count];
  }
  return low;
};

/** The differences of a few values from each side, evenly chosen: about where every share of all of them lies. */
const outlineOf = ({ experiment, control }: Sides): Float64Array => {
  const some = (side: Float64Array) => Array.from({ length: 64 }, (_, at) => side[Math.floor(((at + 0.5) * side.length) / 64)] ?? NaN);
  const others = some(control);
  return Float64Array.from(some(experiment).flatMap((mine) => others.map((other) => mine - other))).sort();
};

/** How many differences are at most `value`, the largest of them, and the smallest of the others. */
const countUpTo = ({ experiment, control }: Sides, value: number): { count: number; below: number; above: number } => {
  let [count, below, above, j] = [0, -Infinity, Infinity, 0];
  // Past its ends an array reads as NaN, which passes no comparison.
  let other = control[0] ?? NaN;
  let former = NaN;
  for (const mine of experiment) {
    while (mine - other > value) {
      former = other;
      other = control[(j += 1)] ?? NaN;
    }
    count += control.length - j;
    if (mine - other > below) below = mine - other;
    if (mine - former < above) above = mine - former;
  }
  return { count, below, above };
};

/** The differences from `low` to `high`, `count` of them, ascending. */
const between = ({ experiment, control }: Sides, low: number, high: number, count: number): Float64Array => {
  const found = new Float64Array(count);
  let [size, from] = [0, 0];
  for (const mine of experiment) {
    while (mine - (control[from] ?? NaN) > high) from += 1;
    for (let j = from; mine - (control[j] ?? NaN) >= low; j += 1) found[size++] = mine - (control[j] ?? NaN);
  }
  return found.sort();
};
