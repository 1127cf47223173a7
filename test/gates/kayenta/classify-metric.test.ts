import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kayenta } from '../../../src/gates/kayenta/kayenta.js';
import { normalQuantile } from '../../../src/gates/canary/normal.js';

/** Thirty values as a normal distribution of this mean and deviation spreads them, moved a little so that no two samples are alike. */
const around = (mean: number, deviation: number, moved = 0): number[] =>
  Array.from({ length: 30 }, (_, at) => mean + deviation * normalQuantile((at + 0.5 + moved) / 30));

const [around10, other10, around20] = [around(10, 2), around(9.8, 2.1, 0.3), around(20, 2.2, 0.2)];
const [small, large] = [
  [1, 2.2, 1.1, 2.5, 3],
  [20, 22, 21, 25, 30],
];
const ones = [1, 1, 1, 1, 1];
const zeros = [0, 0, 0, 0, 0];

describe("Kayenta's ClassifierSuite, example by example", () => {
  type Row = Parameters<typeof kayenta.classifyMetric>[0] & { name: string; is: string; fatal?: boolean };
  const suite = { tolerance: 0.1, confidence: 0.95 };
  const rows: Row[] = [
    { name: 'the same mean', control: other10, experiment: around10, is: 'Pass' },
    { name: 'twice the mean', control: other10, experiment: around20, is: 'High', fatal: false },
    { name: 'half the mean', control: around20, experiment: around10, is: 'Low' },
    { name: 'lower, only an increase is watched', control: around20, experiment: around10, direction: 'increase', is: 'Pass' },
    { name: 'higher, only a decrease is watched', control: other10, experiment: around20, direction: 'decrease', is: 'Pass' },
    { name: 'higher, an increase is watched', control: other10, experiment: around20, direction: 'increase', is: 'High', fatal: false },
    { name: 'lower, a decrease is watched', control: around20, experiment: around10, direction: 'decrease', is: 'Low' },
    {
      name: 'a ratio above what is allowed',
      control: small,
      experiment: large,
      effectSize: { allowedDecrease: 0.8, allowedIncrease: 1.2 },
      is: 'High',
    },
    {
      name: 'a ratio below what is allowed',
      control: around20,
      experiment: around10,
      effectSize: { allowedDecrease: 0.8, allowedIncrease: 1.2 },
      is: 'Low',
    },
    {
      name: 'lower, but not by half',
      control: large,
      experiment: [10, 12.2, 10.1, 12.5, 23],
      effectSize: { allowedDecrease: 0.5, allowedIncrease: 1 },
      is: 'Pass',
    },
    {
      name: 'nearly every pair higher',
      control: around10,
      experiment: around20,
      effectSize: { measure: 'cles', allowedIncrease: 0.8 },
      is: 'High',
    },
    {
      name: 'nearly every pair lower',
      control: around20,
      experiment: around10,
      effectSize: { measure: 'cles', allowedDecrease: 0.2 },
      is: 'Low',
    },
    {
      name: 'critical and high',
      control: small,
      experiment: large,
      critical: true,
      effectSize: { criticalIncrease: 1.2 },
      is: 'High',
      fatal: true,
    },
    {
      name: 'critical and low',
      control: [10, 20.2, 10.1, 20.5, 30],
      experiment: [2, 2, 2, 2, 3],
      critical: true,
      effectSize: { criticalDecrease: 1.2 },
      is: 'Low',
      fatal: true,
    },
    {
      name: 'critical and high, below its critical effect',
      control: small,
      experiment: large,
      critical: true,
      effectSize: { allowedIncrease: 5, criticalIncrease: 13 },
      is: 'High',
      fatal: false,
    },
    {
      name: 'critical and high, below its allowed effect',
      control: small,
      experiment: large,
      critical: true,
      effectSize: { allowedIncrease: 13, criticalIncrease: 15 },
      is: 'Pass',
      fatal: false,
    },
    { name: 'critical and high, thresholds left out', control: small, experiment: large, critical: true, is: 'High', fatal: true },
    { name: 'one value on both sides', control: [1, 1], experiment: [1, 1, 1], direction: 'decrease', is: 'Pass' },
    { name: 'the same values in another order', control: [5, 4, 3, 2, 1], experiment: [1, 2, 3, 4, 5], direction: 'decrease', is: 'Pass' },
    { name: 'a leading zero', control: ones, experiment: [0, 1, 1, 1, 1], direction: 'decrease', is: 'Pass' },
    { name: 'no experiment', control: [1, 2, 3, 4, 5], experiment: [], direction: 'decrease', is: 'Nodata', fatal: false },
    { name: 'no experiment, critical', control: [1, 2, 3, 4, 5], experiment: [], critical: true, is: 'Nodata', fatal: true },
    { name: 'no experiment, missing replaced', control: [1, 2, 3, 4, 5], experiment: [], nanStrategy: 'replace', is: 'Pass' },
    { name: 'one outlier among ties', control: ones, experiment: [1, 1, 1, 1, 10], is: 'Pass' },
    { name: 'a constant against a constant', control: ones, experiment: [10, 10, 10, 10, 10], is: 'High' },
    { name: 'a constant against zeros', control: zeros, experiment: [10, 10, 10, 10, 10], is: 'High' },
    {
      name: 'a control of zeros',
      control: zeros,
      experiment: [54.9, 54.5, 55.1, 55.6, 57.4],
      effectSize: { allowedIncrease: 1.2 },
      is: 'High',
    },
    {
      name: 'an experiment of zeros',
      control: [54.9, 54.5, 55.1, 55.6, 57.4],
      experiment: zeros,
      effectSize: { allowedDecrease: 0.8 },
      is: 'Low',
    },
    {
      name: 'critical against zeros',
      control: [...zeros, ...zeros],
      experiment: [0.05, 0.05, 0.017, 0.017, 0.017, 0.05, 0.033, 0.05, 0.05, 0.133],
      critical: true,
      nanStrategy: 'replace',
      effectSize: { criticalIncrease: 1.2, criticalDecrease: 0.8 },
      is: 'High',
      fatal: true,
    },
    { name: 'zeros on both sides', control: zeros, experiment: zeros, is: 'Pass' },
  ];

  test.each(rows)('$name: $is', ({ name: _, is, fatal, ...input }) => {
    const verdict = kayenta.classifyMetric({ ...suite, ...input });
    expect(verdict.classification).toBe(is);
    if (fatal !== undefined) expect(verdict.critical).toBe(fatal);
    expect(verdict.reason).not.toBe('');
  });

  test('a mean of zero has no ratio, and zeros on both sides have the ratio 1', () => {
    expect(kayenta.classifyMetric({ control: zeros, experiment: large }).effect).toBeNaN();
    expect(kayenta.classifyMetric({ control: zeros, experiment: zeros }).effect).toBe(1);
  });
});

describe('the defaults of NetflixACAJudge', () => {
  test('98 % and a quarter of the estimate', () => {
    const [control, experiment] = [around10, around(11.3, 2)];
    const verdict = kayenta.classifyMetric({ control, experiment });
    expect(verdict).toEqual(kayenta.classifyMetric({ control, experiment, confidence: 0.98, tolerance: 0.25 }));
    expect(verdict.classification).toBe('Pass');
    expect(kayenta.classifyMetric({ control, experiment, confidence: 0.95, tolerance: 0.1 }).classification).toBe('High');
  });

  test.each([
    { is: 'Nodata', mustHaveData: false, critical: false, fatal: false },
    { is: 'NodataFailMetric', mustHaveData: true, critical: false, fatal: false },
    { is: 'Nodata', mustHaveData: true, critical: true, fatal: true },
  ])('nothing but missing values, must have data $mustHaveData, critical $critical: $is', ({ is, fatal, ...rule }) => {
    const verdict = kayenta.classifyMetric({ control: [1, 2], experiment: [null, NaN, 'NaN'], ...rule });
    expect(verdict).toMatchObject({ classification: is, critical: fatal, lower: null, upper: null, estimate: null });
  });

  test('one point on each side is an Error that is never critical', () => {
    expect(kayenta.classifyMetric({ control: [0.1], experiment: [0.3], critical: true })).toMatchObject({
      classification: 'Error',
      critical: false,
    });
  });

  test('words that the peer does not know mean its defaults', () => {
    const plain = kayenta.classifyMetric({ control: [...around10, null], experiment: around20 });
    expect(kayenta.classifyMetric({ control: [...around10, null], experiment: around20, direction: 'up', nanStrategy: 'none' })).toEqual(
      plain,
    );
  });

  test('an outlier is removed only when asked for, beyond three times the middle half', () => {
    const noisy = { control: around10, experiment: [...around10, 500] };
    expect(kayenta.classifyMetric({ ...noisy, outliers: { strategy: 'keep' } }).effect).toBeGreaterThan(2);
    // The fences widen to the 99th percentile, which one value in 31 stays beyond.
    expect(kayenta.classifyMetric({ ...noisy, outliers: { strategy: 'remove' } }).effect).toBe(1);
  });

  test('an outlier factor of 0 is refused', () => {
    expect(() => kayenta.classifyMetric({ control: small, experiment: large, outliers: { strategy: 'remove', outlierFactor: 0 } })).toThrow(
      'outlierFactor must be above 0',
    );
  });
});

test('a million points on each side are classified', () => {
  const side = (factor: number) => Float64Array.from({ length: 1_000_000 }, (_, at) => factor * (100 + ((at * 7919) % 1009)));
  expect(kayenta.classifyMetric({ control: side(1), experiment: side(1.1) }).classification).toBe('High');
});

test('more harm never turns High back into Pass', () => {
  const values = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 4, maxLength: 25 });
  fc.assert(
    fc.property(values, values, fc.integer({ min: 1, max: 500 }), (control, experiment, more) => {
      const judged = (added: number) =>
        kayenta.classifyMetric({ control, experiment: experiment.map((value) => value + added), direction: 'increase', confidence: 0.95 });
      // Values that coincide on both sides are decided before the test.
      fc.pre(judged(0).lower !== null && judged(more).lower !== null);
      if (judged(0).classification === 'High') expect(judged(more).classification).toBe('High');
    }),
  );
});
