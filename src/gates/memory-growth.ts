import type { Sample } from '../catalog/tools.js';

type Point = { at: number; bytes: number };

/** Shorter than this, a leak looks like a garbage collector's tooth. */
export const minSpanMs = 15_000;
const minSamplesPerWindow = 3;
const minWindowMs = 5_000;

/**
 * How fast the floor of the memory rises, in bytes per minute; null when there are too few samples.
 *
 * The floor of a window is its smallest value: what is left after a collection. The rise is the median of the slopes between all
 * pairs of floors (Theil 1950, Sen 1968), of two middle ones the smaller, so that one odd window moves nothing. Where time
 * allows eight windows of 5 s, the later four count: warming up is over by then. In less time the rise must show in all of
 * the samples and again in their last 60 %: a leak goes on rising, a service that warms up has stopped.
 */
export const memoryGrowthPerMinute = (samples: readonly Sample[]): number | null => {
  const points = samples.flatMap(({ at, memoryBytes }): Point[] => (memoryBytes === null ? [] : [{ at, bytes: memoryBytes }]));
  const spanMs = spanOf(points);
  if (spanMs >= 8 * minWindowMs && points.length >= 8 * minSamplesPerWindow) return slopePerMinute(floors(points, 8).slice(4), 4);
  if (spanMs < minSpanMs || points.length < 4 * minSamplesPerWindow) return null;
  const whole = slopePerMinute(floors(points, 4), 4);
  const later = slopePerMinute(floors(points.slice(Math.floor(points.length * 0.4)), 3), 3);
  return whole === null || later === null ? null : Math.min(whole, later);
};

const spanOf = (points: readonly Point[]): number => (points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0);

/** The lowest point of each of `count` windows of equal length; null for a window without samples. */
const floors = (points: readonly Point[], count: number): (Point | null)[] => {
  const lowest = Array.from<Point | null>({ length: count }).fill(null);
  const [startAt, spanMs] = [points[0]?.at ?? 0, spanOf(points)];
  for (const point of points) {
    const index = Math.min(count - 1, Math.floor(((point.at - startAt) / spanMs) * count));
    const known = lowest[index];
    if (known == null || point.bytes < known.bytes) lowest[index] = point;
  }
  return lowest;
};

const slopePerMinute = (windows: readonly (Point | null)[], needed: number): number | null => {
  const points = windows.filter((point) => point !== null);
  if (points.length < needed) return null;
  const slopes = points.flatMap((a, index) => points.slice(index + 1).map((b) => (b.bytes - a.bytes) / (b.at - a.at)));
  const middle = slopes.sort((a, b) => a - b)[Math.floor((slopes.length - 1) / 2)];
  return middle === undefined ? null : middle * 60_000;
};
