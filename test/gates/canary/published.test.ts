import { describe, expect, test } from 'vitest';
import { hodgesLehmann } from '../../../src/gates/canary/hodges-lehmann.js';
import { holm } from '../../../src/gates/canary/holm.js';
import { rankTest } from '../../../src/gates/canary/mann-whitney.js';
import { normalCdf, normalQuantile, normalTail } from '../../../src/gates/canary/normal.js';
import { binomialTest, fisherTest, shareDifference, upperShare } from '../../../src/gates/canary/proportions.js';
import { levelOfLook } from '../../../src/gates/canary/sequential.js';

const sorted = (...values: number[]) => Float64Array.from(values).sort();

describe('Mann-Whitney and Hodges-Lehmann', () => {
  // Hollander and Wolfe (1973), table of the permeability of the human chorioamnion; as in the example of R's wilcox.test.
  const permeability = {
    experiment: sorted(0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46),
    control: sorted(1.15, 0.88, 0.9, 0.74, 1.21),
  };

  test('Hollander and Wolfe: W = 35, one-sided p = 0.1272', () => {
    const { greater, superiority, method } = rankTest(permeability);
    expect(superiority * 50).toBeCloseTo(35, 10);
    expect(greater).toBeCloseTo(0.1272, 4);
    expect(method).toBe('exact');
  });

  test('Hollander and Wolfe: a shift of 0.305, from -0.15 to 0.76 with 95 %', () => {
    const { estimate, lower, upper } = hodgesLehmann(permeability, 0.025);
    expect([estimate, lower, upper].map((value) => Number(value.toFixed(10)))).toEqual([0.305, -0.15, 0.76]);
  });

  test("SciPy's example of mannwhitneyu: U = 17, two-sided p = 1/9", () => {
    const { greater, superiority } = rankTest({ experiment: sorted(19, 22, 16, 29, 24), control: sorted(20, 11, 17, 12) });
    expect(superiority * 20).toBe(17);
    expect(2 * greater).toBeCloseTo(1 / 9, 12);
  });

  // The largest U that is significant at a one-sided 0.025 (two-sided 0.05): the table printed in Siegel (1956) and most textbooks since.
  test.each([
    { n: 5, m: 5, critical: 2 },
    { n: 8, m: 8, critical: 13 },
    { n: 10, m: 10, critical: 23 },
    { n: 12, m: 9, critical: 26 },
    { n: 20, m: 20, critical: 127 },
  ])('the critical value of U for $n and $m is $critical', ({ n, m, critical }) => {
    /** Ranks with exactly `u` pairs in which the experiment is the higher. */
    const lessAt = (u: number) => {
      const control = Float64Array.from({ length: m }, (_, at) => at + 1);
      let left = u;
      const experiment = Float64Array.from({ length: n }, (_, at) => {
        const above = Math.min(m, left);
        left -= above;
        return above + 0.25 + at / (4 * n);
      }).sort();
      return rankTest({ control, experiment }).less;
    };
    expect(lessAt(critical)).toBeLessThanOrEqual(0.025);
    expect(lessAt(critical + 1)).toBeGreaterThan(0.025);
  });

  test('ties are counted out, way by way', () => {
    // Two of 1, 2, 2, 3 in six ways: ranks 1 + 2.5 twice, 1 + 4, 2.5 + 2.5, and 2.5 + 4 twice.
    const { greater, less } = rankTest({ experiment: sorted(2, 3), control: sorted(1, 2) });
    expect(greater).toBeCloseTo(2 / 6, 12);
    expect(less).toBeCloseTo(1, 12);
  });
});

describe('counters', () => {
  test.each([
    { name: 'three of four cups', right: 3, p: 17 / 70 },
    { name: 'all four cups', right: 4, p: 1 / 70 },
  ])('Fisher, the lady tasting tea: $name', ({ right, p }) => {
    expect(fisherTest({ events: 4 - right, total: 4 }, { events: right, total: 4 }).greater).toBeCloseTo(p, 12);
  });

  // Fisher (1962), convictions of like-sex twins; as in the example of R's fisher.test, alternative = "less".
  const [identical, fraternal] = [
    { events: 10, total: 13 },
    { events: 2, total: 17 },
  ];
  test('R, convicted twins: p = 0.0004652, and 0.2849601 is where the odds ratio stops being excluded', () => {
    expect(fisherTest(identical, fraternal).less).toBeCloseTo(0.0004652, 7);
    expect(fisherTest(identical, fraternal, 0.2849601).less).toBeCloseTo(0.05, 6);
  });

  test("R, Conover's Mendelian inheritance: an upper bound of 0.7654066 for 682 of 925", () => {
    expect(upperShare({ events: 682, total: 925 }, 0.025)).toBeCloseTo(0.7654066, 7);
    expect(binomialTest({ events: 682, total: 925 }, 0.7654066).less).toBeCloseTo(0.025, 6);
  });

  // Newcombe (1998), table II, method 10.
  test.each([
    { control: { events: 48, total: 80 }, experiment: { events: 56, total: 70 }, lower: 0.0524, upper: 0.3339 },
    { control: { events: 3, total: 10 }, experiment: { events: 9, total: 10 }, lower: 0.1705, upper: 0.809 },
    { control: { events: 0, total: 10 }, experiment: { events: 10, total: 10 }, lower: 0.6075, upper: 1 },
  ])('Newcombe: $experiment against $control', ({ control, experiment, lower, upper }) => {
    const difference = shareDifference(control, experiment, 0.025);
    expect(difference.lower).toBeCloseTo(lower, 4);
    expect(difference.upper).toBeCloseTo(upper, 4);
  });
});

describe('several looks', () => {
  // Reboussin, DeMets, Kim and Lan (2000), five equal looks, one-sided 0.025; the same in R's gsDesign and ldbounds.
  test.each([
    { spending: 'obrien-fleming' as const, boundaries: [4.8769, 3.3569, 2.6803, 2.2898, 2.031] },
    { spending: 'pocock' as const, boundaries: [2.438, 2.4268, 2.4101, 2.3966, 2.3859] },
  ])('the boundaries of $spending', ({ spending, boundaries }) => {
    const looks = [0.2, 0.4, 0.6, 0.8, 1];
    for (const [index, boundary] of boundaries.entries()) {
      expect(-normalQuantile(levelOfLook(0.025, looks.slice(0, index + 1), spending))).toBeCloseTo(boundary, 3);
    }
  });

  test('no look planned, or one at the end, leaves the level as it is', () => {
    expect(levelOfLook(0.05, [], 'pocock')).toBe(0.05);
    expect(levelOfLook(0.05, [1], 'pocock')).toBeCloseTo(0.05, 6);
  });

  test.each([
    { name: 'that fall', looks: [0.5, 0.4] },
    { name: 'beyond the end', looks: [0.5, 1.2] },
    { name: 'that are no numbers', looks: [NaN] },
    { name: 'too many to tell apart', looks: Array.from({ length: 101 }, (_, at) => (at + 1) / 101) },
  ])('looks $name are refused', ({ looks }) => {
    expect(() => levelOfLook(0.05, looks, 'pocock')).toThrow('Failed to place the looks');
  });
});

test("Holm's adjusted values, as R's p.adjust gives them", () => {
  expect(holm([0.01, 0.04, 0.03, 0.005], 0.05).map(({ adjusted }) => Number(adjusted.toFixed(12)))).toEqual([0.03, 0.06, 0.06, 0.02]);
  expect(holm([0.01, 0.04, 0.03, 0.005], 0.05).map(({ rejected }) => rejected)).toEqual([true, false, false, true]);
});

test.each([
  { z: 1.959963984540054, p: 0.975 },
  { z: -3.090232306167813, p: 0.001 },
  { z: -5.997807015007686, p: 1e-9 },
])('the normal distribution at $z', ({ z, p }) => {
  expect(normalCdf(z) / p).toBeCloseTo(1, 11);
  expect(normalTail(-z) / p).toBeCloseTo(1, 11);
  expect(normalQuantile(p)).toBeCloseTo(z, 10);
});
