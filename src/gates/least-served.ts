import type { Sample } from '../catalog/measurements.js';
import { withMirrored } from './with-mirrored.js';

/** Requests since a time, of the service that got the fewest: a rollout has seen no more of the whole than of that one. */
export const leastServed = (samples: readonly Sample[], services: readonly (string | undefined)[], sinceAt: number): number =>
  Math.min(
    ...services.map((service) =>
      samples
        .filter((sample) => sample.at > sinceAt && sample.service === service)
        .reduce((sum, sample) => sum + withMirrored(sample).requests, 0),
    ),
  );
