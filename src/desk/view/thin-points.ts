export type Point = readonly [at: number, value: number];

/**
 * At most `most` points of a line that has more: of each stretch of time the lowest and the highest, so that whatever stands out is still there.
 * A screen has fewer columns than a day has samples; the evidence keeps them all.
 */
export const thinPoints = (points: readonly Point[], most = 800): Point[] => {
  if (points.length <= most) return [...points];
  const perStretch = Math.ceil(points.length / Math.floor((most - 2) / 2));
  const kept = new Set([0, points.length - 1]);
  for (let from = 0; from < points.length; from += perStretch) {
    let [low, high] = [from, from];
    for (let at = from; at < Math.min(from + perStretch, points.length); at += 1) {
      if (valueAt(points, at) < valueAt(points, low)) low = at;
      if (valueAt(points, at) > valueAt(points, high)) high = at;
    }
    kept.add(low).add(high);
  }
  return points.filter((_, at) => kept.has(at));
};

const valueAt = (points: readonly Point[], at: number): number => points[at]?.[1] ?? NaN;
