import { normalQuantile } from './normal.js';

/** How often something happened, of how many times it could have. */
export type Counter = { events: number; total: number };
export type Tails = { greater: number; less: number };

/**
 * The probabilities of at least and of at most so many events on the experiment's side, given all events of both sides, if the
 * odds there were `oddsRatio` times those of the control: Fisher's exact test (The Design of Experiments, 1935), by his
 * noncentral hypergeometric distribution when the ratio is not 1. Exact at every size.
 */
export const fisherTest = (control: Counter, experiment: Counter, oddsRatio = 1): Tails => {
  const events = control.events + experiment.events;
  return discreteTails({
    low: Math.max(0, events - control.total),
    high: Math.min(events, experiment.total),
    observed: experiment.events,
    growth: (x) => (oddsRatio * (experiment.total - x) * (events - x)) / ((x + 1) * (control.total - events + x + 1)),
  });
};

/** The probabilities of at least and of at most so many events if each of the trials had `probability`. */
export const binomialTest = ({ events, total }: Counter, probability: number): Tails => {
  if (probability <= 0) return { greater: events > 0 ? 0 : 1, less: 1 };
  if (probability >= 1) return { greater: 1, less: events < total ? 0 : 1 };
  const odds = probability / (1 - probability);
  return discreteTails({ low: 0, high: total, observed: events, growth: (x) => (odds * (total - x)) / (x + 1) });
};

/** A distribution over whole numbers that rises and then falls; `growth` is the ratio of the weight at x + 1 to that at x. */
type Rising = { low: number; high: number; observed: number; growth: (x: number) => number };

/** Summed outwards from the mode, where no weight can overflow, until the weights vanish. */
const discreteTails = ({ low, high, observed, growth }: Rising): Tails => {
  const mode = firstFalling(low, high, growth);
  let [all, atLeast, atMost] = [0, 0, 0];
  const add = (x: number, weight: number) => {
    all += weight;
    if (x >= observed) atLeast += weight;
    if (x <= observed) atMost += weight;
  };
  add(mode, 1);
  for (let [x, weight] = [mode, 1]; x < high && weight > 1e-300; x += 1) add(x + 1, (weight *= growth(x)));
  for (let [x, weight] = [mode, 1]; x > low && weight > 1e-300; x -= 1) add(x - 1, (weight /= growth(x - 1)));
  return { greater: Math.min(1, atLeast / all), less: Math.min(1, atMost / all) };
};

const firstFalling = (low: number, high: number, growth: (x: number) => number): number => {
  let [from, to] = [low, high];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (growth(middle) > 1) from = middle + 1;
    else to = middle;
  }
  return from;
};

/** The largest share that so few events do not speak against at `level` (Clopper and Pearson, Biometrika 26, 1934). */
export const upperShare = (counter: Counter, level: number): number => {
  let [low, high] = [counter.events / counter.total, 1];
  for (let turn = 0; turn < 50; turn += 1) {
    const middle = (low + high) / 2;
    if (binomialTest(counter, middle).less > level) low = middle;
    else high = middle;
  }
  return high;
};

/**
 * The difference of two shares, experiment minus control, with bounds that each miss with about `level`: Newcombe's interval
 * from two Wilson scores (Statistics in Medicine 17, 1998, method 10), sound at 0 and 1 events too.
 */
export const shareDifference = (
  control: Counter,
  experiment: Counter,
  level: number,
): { estimate: number; lower: number; upper: number } => {
  const z = -normalQuantile(level);
  const [from, to] = [wilson(control, z), wilson(experiment, z)];
  const estimate = to.share - from.share;
  return {
    estimate,
    lower: estimate - Math.hypot(to.share - to.lower, from.upper - from.share),
    upper: estimate + Math.hypot(to.upper - to.share, from.share - from.lower),
  };
};

const wilson = ({ events, total }: Counter, z: number): { share: number; lower: number; upper: number } => {
  const share = events / total;
  const centre = (2 * events + z * z) / (2 * (total + z * z));
  const half = (z * Math.sqrt(z * z + 4 * events * (1 - share))) / (2 * (total + z * z));
  return { share, lower: events === 0 ? 0 : centre - half, upper: events === total ? 1 : centre + half };
};
