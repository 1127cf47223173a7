import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LatencyHistogram } from '../../../../src/tools/testing/load/latency-histogram.js';

const histogramOf = (values: readonly number[]) => {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.add(value);
  return histogram.summary();
};

test('latencies below a millisecond keep their microseconds', () => {
  const { latencyMs } = histogramOf([0.1, 0.2, 0.3, 0.4]);
  expect(latencyMs.average).toBeCloseTo(0.25, 6);
  expect(latencyMs.p50).toBeCloseTo(0.2, 3);
  expect(latencyMs.max).toBe(0.4);
});

test('percentiles of 1 to 1 000 ms are right to a thousandth', () => {
  const { latencyMs } = histogramOf(Array.from({ length: 1_000 }, (_, index) => index + 1));
  expect(latencyMs.average).toBe(500.5);
  expect(Math.abs(latencyMs.p50 - 500) / 500).toBeLessThan(0.001);
  expect(Math.abs(latencyMs.p95 - 950) / 950).toBeLessThan(0.001);
  expect(Math.abs(latencyMs.p99 - 990) / 990).toBeLessThan(0.001);
});

test('the distribution rises, ends with every request, and counts what is not slower, in at most 200 points', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0.001, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 500 }), (values) => {
      const { distribution, latencyMs } = histogramOf(values);
      expect(distribution.length).toBeLessThanOrEqual(200);
      expect(distribution.at(-1)).toEqual([latencyMs.max, values.length]);
      for (const [index, [ms, count]] of distribution.entries()) {
        const [earlierMs, earlierCount] = distribution[index - 1] ?? [0, 0];
        expect(ms).toBeGreaterThan(earlierMs);
        expect(count).toBeGreaterThan(earlierCount);
        // Whole microseconds, three digits: a value near the border may lie on either side.
        expect(count).toBeGreaterThanOrEqual(values.filter((value) => value <= ms * 0.998 - 0.001).length);
        expect(count).toBeLessThanOrEqual(values.filter((value) => value <= ms * 1.002 + 0.001).length);
      }
    }),
    { numRuns: 60 },
  );
});

test('nothing measured is an empty distribution', () => {
  expect(histogramOf([])).toMatchObject({ distribution: [], latencyMs: { max: 0 } });
});
