import type { Sample } from '../catalog/measurements.js';

/** What a slot did in all: a copy that failed says as much of the candidate as a visitor's request. Its copies are not kept apart any more. */
export const withMirrored = ({ mirrored, ...sample }: Sample): Sample =>
  mirrored === undefined
    ? sample
    : {
        ...sample,
        requests: sample.requests + mirrored.requests,
        errors: sample.errors + mirrored.errors,
        latencyAverageMs: weighted(sample.latencyAverageMs, sample.requests, mirrored.latencyAverageMs, mirrored.requests),
        latencyP95Ms: weighted(sample.latencyP95Ms, sample.requests, mirrored.latencyP95Ms, mirrored.requests),
      };

const weighted = (one: number | null, weight: number, other: number | null, otherWeight: number): number | null => {
  if (one === null || other === null) return one ?? other;
  return (one * weight + other * otherWeight) / (weight + otherWeight);
};
