import type { Sample } from '../catalog/tools.js';

/** A gap of more samples than this is time that nobody watched. */
const maxGapIntervals = 2.5;

/**
 * Healthy milliseconds that were observed since `sinceAt`: the time between two answers of the health path that follow each other
 * without a gap, both of them good, and no restart between. Samples of one slot, oldest first.
 */
export const healthyTimeMs = (samples: readonly Sample[], { sinceAt, intervalMs }: { sinceAt: number; intervalMs: number }): number => {
  const answers = samples.filter((sample) => sample.healthy !== null);
  return answers.slice(1).reduce((sum, sample, index) => {
    const before = answers[index];
    if (!before?.healthy || !sample.healthy || sample.restarts !== before.restarts) return sum;
    if (sample.at - before.at > maxGapIntervals * intervalMs) return sum;
    return sum + Math.max(0, sample.at - Math.max(before.at, sinceAt));
  }, 0);
};

/** How many health checks were asked, how many got a good answer, and the share in percent (0 when none was asked). */
export const uptimeOf = (samples: readonly Sample[]): { asked: number; answered: number; percent: number } => {
  const asked = samples.filter((sample) => sample.healthy !== null).length;
  const answered = samples.filter((sample) => sample.healthy === true).length;
  return { asked, answered, percent: asked === 0 ? 0 : (100 * answered) / asked };
};

/** Restarts since `before`, the count that was last seen at the deployment, or since the first sample. */
export const restartsGrown = (samples: readonly Sample[], before: number | undefined): number => {
  const from = before ?? samples[0]?.restarts ?? 0;
  return samples.reduce((most, sample) => Math.max(most, sample.restarts - from), 0);
};
