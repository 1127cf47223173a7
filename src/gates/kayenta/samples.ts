import { StagingError } from '../../catalog/errors.js';
import { plain } from '../words.js';

/** Values of one side as JSON has them: null, and the text "NaN" that Kayenta's own files hold, are missing. */
export type Samples = readonly (number | null | 'NaN')[] | Float64Array;

/** Samples as numbers, NaN where one is missing. Throws `SAMPLES_INVALID` for everything else, infinities among it, by its place. */
export const readSamples = (samples: unknown, path: string): Float64Array => {
  if (!Array.isArray(samples) && !(samples instanceof Float64Array)) throw refused(path, samples, 'a list of numbers');
  const values = new Float64Array(samples.length);
  for (let at = 0; at < samples.length; at += 1) {
    const sample: unknown = samples[at];
    if (sample === null || sample === 'NaN') values[at] = NaN;
    else if (typeof sample === 'number' && Math.abs(sample) !== Infinity) values[at] = sample;
    else throw refused(`${path}[${at}]`, sample, 'a finite number or null');
  }
  return values;
};

const refused = (path: string, found: unknown, wanted: string): StagingError => {
  const shown = typeof found === 'string' ? `the text "${plain(found)}"` : plain(String(found));
  return new StagingError('SAMPLES_INVALID', `Failed to read the samples: ${path} is ${shown}, not ${wanted}.`);
};

/** The values that are there, ascending. */
export const present = (values: Float64Array): Float64Array => values.filter((value) => !Number.isNaN(value)).sort();

/** The R-7 percentile of sorted values, `share` from 0 to 1; NaN of none. */
const percentile = (sorted: Float64Array, share: number): number => {
  const rank = share * (sorted.length - 1);
  const below = sorted[Math.floor(rank)] ?? NaN;
  const above = sorted[Math.ceil(rank)] ?? NaN;
  return below + (rank - Math.floor(rank)) * (above - below);
};

/**
 * Sorted values without those outside Tukey's fences, Q1 - factor·IQR and Q3 + factor·IQR, widened to the 1st and 99th
 * percentile as Kayenta's judge does, so that a narrow middle does not cost every hundredth value.
 */
export const withoutOutliers = (sorted: Float64Array, factor: number): Float64Array => {
  const [q1, q3] = [percentile(sorted, 0.25), percentile(sorted, 0.75)];
  const low = Math.min(percentile(sorted, 0.01), q1 - factor * (q3 - q1));
  const high = Math.max(percentile(sorted, 0.99), q3 + factor * (q3 - q1));
  return sorted.filter((value) => value >= low && value <= high);
};

export const mean = (values: Float64Array): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
};
