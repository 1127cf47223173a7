import { StagingError } from '../../catalog/errors.js';
import { normalDensity, normalQuantile, normalTail } from './normal.js';

/** How the false-alarm rate is spent over the looks: hardly any of it early, or about the same at each. */
export type Spending = keyof typeof spent;

/** What may have been spent when the share `t` of the planned evidence is in. */
const spent = {
  'obrien-fleming': (level: number, t: number) => 2 * normalTail(-normalQuantile(level / 2) / Math.sqrt(t)),
  pocock: (level: number, t: number) => level * Math.log(1 + (Math.E - 1) * t),
};

const mostLooks = 100;
const gridPoints = 480;

/**
 * The one-sided level at which the newest of several looks may decide, so that all looks together stay within `level`: the
 * alpha-spending method of Lan and DeMets (Biometrika 70, 1983) with their O'Brien-Fleming or Pocock type function, by the
 * recursive integration of Armitage, McPherson and Rowe (1969). `looks` are the shares of the planned evidence at every look
 * so far, ascending, at most 1; their number need not be fixed beforehand. Throws `POLICY_INVALID`.
 */
export const levelOfLook = (level: number, looks: readonly number[], spending: Spending): number => {
  if (looks.length > mostLooks) throw refused(`there are ${looks.length}, and at most ${mostLooks} can be told apart`);
  if (looks.some((at, index) => !(at > (looks[index - 1] ?? 0) && at <= 1))) throw refused('they must rise from above 0 to at most 1');
  return looks.length === 0 ? level : Math.min(walked(level, looks, spending).nominal, level);
};

type Walk = { paths: Paths; used: number; nominal: number };

/** A series is asked again with one look more, which costs as much as all before it: the newest walks are kept. */
const kept = new Map<string, Walk>();
const mostKept = 200;

const walked = (level: number, looks: readonly number[], spending: Spending): Walk => {
  const time = looks.at(-1);
  if (time === undefined) return { paths: { at: Float64Array.of(0), weight: Float64Array.of(1), time: 0 }, used: 0, nominal: level };
  const key = [spending, level, ...looks].join(' ');
  const known = kept.get(key);
  if (known !== undefined) return known;
  const { paths, used } = walked(level, looks.slice(0, -1), spending);
  const step = Math.sqrt(time - paths.time);
  const due = Math.max(0, spent[spending](level, time) - used);
  const boundary = boundaryOf(paths, step, due, 9 * Math.sqrt(time));
  const walk = {
    paths: carriedOn(paths, step, boundary, time),
    used: used + crossing(paths, step, boundary),
    nominal: normalTail(boundary / Math.sqrt(time)),
  };
  if (kept.size >= mostKept) kept.clear();
  kept.set(key, walk);
  return walk;
};

const refused = (why: string): StagingError => new StagingError('POLICY_INVALID', `Failed to place the looks: ${why}.`);

/** The Brownian paths that crossed no boundary yet: where they are, with what probability. */
type Paths = { at: Float64Array; weight: Float64Array; time: number };

const crossing = ({ at, weight }: Paths, step: number, boundary: number): number => {
  let sum = 0;
  for (const [index, from] of at.entries()) sum += (weight[index] ?? 0) * normalTail((boundary - from) / step);
  return sum;
};

/** Where just `due` of the remaining probability crosses, to a millionth; `top` when next to nothing is due. */
const boundaryOf = (paths: Paths, step: number, due: number, top: number): number => {
  let [low, high] = [-top, top];
  while (high - low > 1e-6) {
    const middle = (low + high) / 2;
    if (crossing(paths, step, middle) > due) low = middle;
    else high = middle;
  }
  return high;
};

/** The trapezoid rule on a grid that ends at the boundary. */
const carriedOn = ({ at, weight }: Paths, step: number, boundary: number, time: number): Paths => {
  const bottom = -8 * Math.sqrt(time);
  const width = (boundary - bottom) / gridPoints;
  const next = Float64Array.from({ length: gridPoints + 1 }, (_, index) => bottom + index * width);
  const carried = next.map((to, index) => {
    let density = 0;
    for (const [from, position] of at.entries()) density += (weight[from] ?? 0) * normalDensity((to - position) / step);
    return (density / step) * width * (index === 0 || index === gridPoints ? 0.5 : 1);
  });
  return { at: next, weight: carried, time };
};
