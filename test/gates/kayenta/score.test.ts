import { describe, expect, test } from 'vitest';
import { kayenta } from '../../../src/gates/kayenta/kayenta.js';

const thresholds = { pass: 95, marginal: 75 };
type Metric = Parameters<typeof kayenta.score>[0]['metrics'][number];
/** `pass:a critical` is a metric of class Pass in group a that is critical. */
const metrics = (...told: string[]): Metric[] =>
  told.map((text, at) => {
    const [classification = '', group = '', critical] = text.split(/[: ]/);
    // The rows below only name classes.
    return {
      name: `metric-${at}`,
      classification: classification as Metric['classification'],
      groups: [group],
      critical: critical === 'critical',
    };
  });

describe("Kayenta's ScorerSuite, example by example", () => {
  test.each([
    { told: ['Pass:g'], is: 100 },
    { told: ['High:g'], is: 0 },
    { told: ['Nodata:g'], is: 0 },
    { told: ['Pass:a', 'Pass:a', 'Nodata:b'], is: 100 },
    { told: ['Pass:g', 'High:g'], is: 50 },
    { told: ['Pass:g', 'High:g', 'Low:g'], is: 33.33 },
    { told: ['Pass:a', 'Pass:a', 'High:b'], weights: { a: 75, b: 25 }, is: 75 },
    { told: ['Pass:a', 'High:a', 'High:b'], weights: { a: 50, b: 50 }, is: 25 },
    { told: ['Pass:a', 'Nodata:a', 'High:b'], weights: { a: 50, b: 50 }, is: 50 },
    { told: ['Pass:g', 'High:g critical'], is: 0 },
    { told: ['Low:g', 'Pass:g critical'], is: 50 },
    { told: ['Pass:g', 'Nodata:g critical'], is: 0 },
    { told: ['High:a', 'Low:a', 'Pass:a', 'High:b'], weights: { a: 15, b: 85 }, is: 5 },
  ])('$told scores $is', ({ told, weights = {}, is }) => {
    expect(kayenta.score({ metrics: metrics(...told), groupWeights: weights, thresholds }).score).toBe(is);
  });
});

test('a group without judged metrics scores 0 and counts as 100', () => {
  const { groups, score } = kayenta.score({ metrics: metrics('Pass:a', 'Pass:a', 'Error:b'), thresholds });
  expect(groups).toEqual([
    { name: 'a', score: 100, weight: 50, noData: false },
    { name: 'b', score: 0, weight: 50, noData: true },
  ]);
  expect(score).toBe(100);
});

test('a metric that must have data fails its group, and does not count towards the half without data', () => {
  expect(kayenta.score({ metrics: metrics('Pass:a', 'NodataFailMetric:a'), thresholds }).score).toBe(50);
});

test.each([
  { told: ['Pass:a', 'Nodata:a'], is: 0, says: '1 of 2 metrics have no data' },
  { told: ['Pass:a', 'Pass:a', 'Nodata:a'], is: 100, says: 'score 100' },
])('half of the metrics without data make the score 0: $told', ({ told, is, says }) => {
  const scored = kayenta.score({ metrics: metrics(...told), thresholds });
  expect(scored.score).toBe(is);
  expect(scored.reason).toContain(says);
});

test.each([
  { told: ['Pass:a', 'Pass:a', 'Pass:a', 'High:a'], limits: { pass: 75, marginal: 50 }, is: 'Pass' },
  { told: ['Pass:a', 'Pass:a', 'Pass:a', 'High:a'], limits: { pass: 75.01, marginal: 75 }, is: 'Marginal' },
  { told: ['Pass:a', 'High:a'], limits: { pass: 95, marginal: 75 }, is: 'Fail' },
])('a score on a threshold reaches it: $told is $is', ({ told, limits, is }) => {
  expect(kayenta.score({ metrics: metrics(...told), thresholds: limits }).classification).toBe(is);
});

test('a muted metric counts nowhere, not even when it is critical', () => {
  const muted = metrics('High:a critical').map((metric) => ({ ...metric, muted: true }));
  expect(kayenta.score({ metrics: [...metrics('Pass:a'), ...muted], thresholds })).toMatchObject({ score: 100, classification: 'Pass' });
});

test('groups without a weight share what the others leave', () => {
  const { groups } = kayenta.score({ metrics: metrics('Pass:a', 'Pass:b', 'High:c'), groupWeights: { a: 60 }, thresholds });
  expect(groups.map(({ weight }) => weight)).toEqual([60, 20, 20]);
});

test('a metric in two groups counts in both', () => {
  const both: Metric = { name: 'cpu', classification: 'High', groups: ['a', 'b'] };
  expect(kayenta.score({ metrics: [both, ...metrics('Pass:a')], groupWeights: { a: 50, b: 50 }, thresholds }).score).toBe(25);
});

test('weights that no number can hold are refused, and are no score', () => {
  expect(() =>
    kayenta.score({ metrics: metrics('Pass:a', 'Pass:b'), groupWeights: { a: -1e308, c: 1.7e308, d: 1.7e308 }, thresholds }),
  ).toThrow('the weights of its groups are too large');
});
