import { plain } from '../words.js';
import type { ValuesMetric } from './canary-policy.js';
import { fisherTest, type Counter } from './proportions.js';

/** Values of one side, ascending; `set` were changed or taken out as outliers. */
export type Side = { values: Float64Array; missing: number; outliers: number };
export type Unreadable = { unreadable: string };

/** Null and NaN are missing, everything else that is no finite number makes the metric unreadable: named by its place. */
export const readSide = (samples: unknown, side: string, missing: ValuesMetric['missing']): Side | Unreadable => {
  if (!Array.isArray(samples) && !(samples instanceof Float64Array))
    return { unreadable: `${side} is ${shown(samples)}, not a list of numbers` };
  const values = new Float64Array(samples.length);
  let size = 0;
  for (let at = 0; at < samples.length; at += 1) {
    const sample: unknown = samples[at];
    if (typeof sample === 'number' && Math.abs(sample) < Infinity) values[size++] = sample;
    else if (sample === null || (typeof sample === 'number' && Number.isNaN(sample))) {
      if (missing === 'zero') values[size++] = 0;
    } else return { unreadable: `${side}[${at}] is ${shown(sample)}, not a finite number or null` };
  }
  return { values: values.subarray(0, size).sort(), missing: samples.length - size, outliers: 0 };
};

export const readCounter = (counter: unknown, side: string): Counter | Unreadable => {
  if (typeof counter !== 'object' || counter === null) return { unreadable: `${side} is ${shown(counter)}, not { events, total }` };
  const [events, total] = [Reflect.get(counter, 'events') as unknown, Reflect.get(counter, 'total') as unknown];
  for (const [key, value] of Object.entries({ events, total })) {
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
      return { unreadable: `${side}.${key} is ${shown(value)}, not a whole number` };
  }
  const counted = { events: Number(events), total: Number(total) };
  return counted.events > counted.total ? { unreadable: `${side} has ${counted.events} events of only ${counted.total}` } : counted;
};

const shown = (found: unknown): string => (typeof found === 'string' ? `the text "${plain(found)}"` : plain(String(found)));

/** Tukey's outer fences: three times the middle half beyond it. */
const fence = 3;

/**
 * Both sides without their outliers, by fences that the baseline sets. Drawing them in hides harm when it is the canary that
 * has them: if it has more than chance gives (Fisher, 5 %), they stay, and `note` says so.
 */
export const withoutOutliers = (
  control: Side,
  experiment: Side,
  strategy: 'clamp' | 'remove',
): { control: Side; experiment: Side; note: string | null } => {
  const [q1, q3] = [quantile(control.values, 0.25), quantile(control.values, 0.75)];
  const [low, high] = [q1 - fence * (q3 - q1), q3 + fence * (q3 - q1)];
  const outliersOf = ({ values }: Side) => values.reduce((count, value) => count + (value < low || value > high ? 1 : 0), 0);
  const [here, there] = [outliersOf(control), outliersOf(experiment)];
  const [from, to] = [
    { events: here, total: control.values.length },
    { events: there, total: experiment.values.length },
  ];
  if (fisherTest(from, to).greater <= 0.05) {
    const note = `outliers were kept: the canary has ${there} of ${to.total}, the baseline ${here} of ${from.total}, which is more than chance`;
    return { control, experiment, note };
  }
  const without = (side: Side, outliers: number): Side => ({
    ...side,
    outliers,
    values:
      strategy === 'clamp'
        ? side.values.map((value) => Math.min(high, Math.max(low, value)))
        : side.values.filter((value) => value >= low && value <= high),
  });
  return { control: without(control, here), experiment: without(experiment, there), note: null };
};

export const quantile = (sorted: Float64Array, share: number): number => {
  const rank = share * (sorted.length - 1);
  const below = sorted[Math.floor(rank)] ?? NaN;
  return below + (rank - Math.floor(rank)) * ((sorted[Math.ceil(rank)] ?? NaN) - below);
};
