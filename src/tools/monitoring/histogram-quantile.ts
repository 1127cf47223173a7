import { seriesKey, type Exposition, type Series } from './prometheus-text.js';

export type Bucket = { upperBound: number; count: number };

/**
 * The value below which the fraction `q` of all observations lies, interpolated linearly within its bucket; the counts are
 * cumulative. The rules are those of PromQL's `histogram_quantile` (Prometheus, promql/quantile.go): NaN without observations or
 * without a bucket up to +Inf; the highest finite bound when the quantile lies beyond it; zero as the lower bound of a first
 * bucket above zero.
 */
export const histogramQuantile = (q: number, unordered: readonly Bucket[]): number => {
  if (Number.isNaN(q)) return NaN;
  if (q < 0) return -Infinity;
  if (q > 1) return Infinity;
  const buckets = rising(unordered);
  const last = buckets.at(-1);
  const highest = buckets.at(-2);
  if (last?.upperBound !== Infinity || highest === undefined || !(last.count > 0)) return NaN;
  const rank = q * last.count;
  const index = buckets.findIndex((bucket) => bucket.count >= rank);
  const bucket = buckets[index];
  if (bucket === undefined || bucket === last) return highest.upperBound;
  if (index === 0 && bucket.upperBound <= 0) return bucket.upperBound;
  const below = buckets[index - 1] ?? { upperBound: 0, count: 0 };
  return below.upperBound + (bucket.upperBound - below.upperBound) * ((rank - below.count) / (bucket.count - below.count));
};

/** In order, equal bounds added up, and never falling: the counts of a scrape are not read at one instant. */
const rising = (unordered: readonly Bucket[]): Bucket[] => {
  const byBound = new Map<number, number>();
  for (const { upperBound, count } of unordered) byBound.set(upperBound, (byBound.get(upperBound) ?? 0) + count);
  let most = -Infinity;
  return [...byBound].sort(([a], [b]) => a - b).map(([upperBound, count]) => ({ upperBound, count: (most = Math.max(most, count)) }));
};

/** The quantiles of every histogram of a scrape, since its service started, as series `<name>:quantile{quantile="0.95"}`. */
export const quantilesOf = ({ series, types }: Exposition): Series[] => {
  const histograms = new Map<string, { name: string; labels: Record<string, string>; at: number | null; buckets: Bucket[] }>();
  for (const { name: bucketName, labels: all, value, at } of series) {
    const name = bucketName.replace(/_bucket$/, '');
    const { le, ...labels } = all;
    const upperBound = le === undefined ? NaN : le === '+Inf' ? Infinity : Number(le);
    if (name === bucketName || types.get(name) !== 'histogram' || Number.isNaN(upperBound)) continue;
    const key = seriesKey(name, labels);
    const histogram = histograms.get(key) ?? { name, labels, at, buckets: [] };
    histogram.buckets.push({ upperBound, count: value });
    histograms.set(key, histogram);
  }
  return [...histograms.values()].flatMap(({ name, labels, at, buckets }) =>
    quantiles.map((q) => ({
      name: `${name}:quantile`,
      labels: { ...labels, quantile: String(q) },
      value: histogramQuantile(q, buckets),
      at,
    })),
  );
};

const quantiles = [0.5, 0.95, 0.99];
