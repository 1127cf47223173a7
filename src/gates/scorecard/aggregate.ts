/** How several earlier values become one baseline. The names are Keptn's. */
export const aggregates = {
  avg: (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length,
  p50: (values: readonly number[]) => percentile(values, 0.5),
  p90: (values: readonly number[]) => percentile(values, 0.9),
  p95: (values: readonly number[]) => percentile(values, 0.95),
} as const;

export type Aggregate = keyof typeof aggregates;

/**
 * The percentile at position `fraction * (n + 1)` with linear interpolation between neighbours (Hyndman and Fan 1996, type 6), which is
 * the one that Keptn uses.
 */
const percentile = (values: readonly number[], fraction: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const position = fraction * (sorted.length + 1);
  const at = (index: number): number => sorted[Math.min(sorted.length - 1, Math.max(0, index))] ?? NaN;
  if (position < 1 || position >= sorted.length) return at(position < 1 ? 0 : sorted.length - 1);
  const below = Math.floor(position);
  return at(below - 1) + (position - below) * (at(below) - at(below - 1));
};
