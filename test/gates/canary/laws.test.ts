import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hodgesLehmann } from '../../../src/gates/canary/hodges-lehmann.js';
import { holm } from '../../../src/gates/canary/holm.js';
import { rankTest } from '../../../src/gates/canary/mann-whitney.js';
import { fisherTest } from '../../../src/gates/canary/proportions.js';
import { levelOfLook } from '../../../src/gates/canary/sequential.js';
import { judgeCanary } from '../../../src/gates/public.js';

const sorted = (values: readonly number[]) => Float64Array.from(values).sort();
/** Few different values, so that ties are common; up to sizes on both sides of the exact test's limit. */
const tied = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 40 });
const sides = fc.record({ control: tied, experiment: tied });
const both = ({ control, experiment }: { control: number[]; experiment: number[] }) => ({
  control: sorted(control),
  experiment: sorted(experiment),
});

describe('the Mann-Whitney test', () => {
  test('is a pair of probabilities', () => {
    fc.assert(
      fc.property(sides, (drawn) => {
        const { greater, less } = rankTest(both(drawn));
        for (const p of [greater, less]) expect(p >= 0 && p <= 1).toBe(true);
        expect(greater + less).toBeGreaterThanOrEqual(1 - 1e-9);
      }),
    );
  });

  test('is symmetric: exchanging the sides exchanges the tails', () => {
    fc.assert(
      fc.property(sides, (drawn) => {
        const [there, back] = [rankTest(both(drawn)), rankTest(both({ control: drawn.experiment, experiment: drawn.control }))];
        expect(there.greater).toBeCloseTo(back.less, 9);
        expect(there.superiority).toBeCloseTo(1 - back.superiority, 9);
      }),
    );
  });

  test('does not change under a rising transformation of all values', () => {
    fc.assert(
      fc.property(sides, ({ control, experiment }) => {
        const bent = (values: number[]) => values.map((value) => value ** 3 - 7);
        expect(rankTest(both({ control: bent(control), experiment: bent(experiment) }))).toEqual(rankTest(both({ control, experiment })));
      }),
    );
  });

  test('finds a canary more harmful when one of its values rises', () => {
    fc.assert(
      fc.property(sides, fc.nat(), fc.integer({ min: 1, max: 30 }), ({ control, experiment }, at, more) => {
        const worse = experiment.map((value, index) => (index === at % experiment.length ? value + more : value));
        expect(rankTest(both({ control, experiment: worse })).superiority).toBeGreaterThanOrEqual(
          rankTest(both({ control, experiment })).superiority,
        );
      }),
    );
  });

  test('agrees with shuffling the samples many times', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 1_000 }), { minLength: 3, maxLength: 24 }), fc.nat(), (values, at) => {
        const cut = 1 + (at % (values.length - 1));
        const [control, experiment] = [values.slice(0, cut), values.slice(cut)];
        const { greater, superiority } = rankTest(both({ control, experiment }));
        // Drawn at random from all orders: the share of them at least as high, in the long run.
        let [high, state] = [0, 1];
        const order = [...values];
        const runs = 2_000;
        for (let run = 0; run < runs; run += 1) {
          for (let index = order.length - 1; index > 0; index -= 1) {
            state = (state * 48_271) % 2_147_483_647;
            const other = state % (index + 1);
            [order[index], order[other]] = [order[other] ?? 0, order[index] ?? 0];
          }
          if (rankTest(both({ control: order.slice(0, cut), experiment: order.slice(cut) })).superiority >= superiority - 1e-12) high += 1;
        }
        expect(Math.abs(high / runs - greater)).toBeLessThan(5 * Math.sqrt(0.25 / runs));
      }),
      { numRuns: 20 },
    );
  });
});

describe('the Hodges-Lehmann shift', () => {
  test('is the median of all differences, found without listing them', () => {
    const some = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(fc.oneof(sides, fc.record({ control: some, experiment: some })), (drawn) => {
        const { control, experiment } = both(drawn);
        const all = sorted([...experiment].flatMap((mine) => [...control].map((other) => mine - other)));
        const median = ((all[Math.ceil(all.length / 2) - 1] ?? NaN) + (all[Math.floor(all.length / 2)] ?? NaN)) / 2;
        expect(hodgesLehmann({ control, experiment }, 0.05).estimate).toBeCloseTo(median, 9);
      }),
    );
  });

  test('lies in its interval, which narrows as the level is loosened', () => {
    fc.assert(
      fc.property(sides, (drawn) => {
        const [strict, loose] = [hodgesLehmann(both(drawn), 0.01), hodgesLehmann(both(drawn), 0.2)];
        for (const { estimate, lower, upper } of [strict, loose]) expect(lower <= estimate && estimate <= upper).toBe(true);
        expect(strict.lower <= loose.lower && loose.upper <= strict.upper).toBe(true);
      }),
    );
  });

  test('has the bound that the test has: without ties, above 0 just when the p is small enough', () => {
    const untied = fc.uniqueArray(fc.integer({ min: 0, max: 10_000 }), { minLength: 8, maxLength: 70 });
    fc.assert(
      fc.property(untied, fc.integer({ min: 2, max: 6 }), fc.nat(4_000), (values, cut, more) => {
        const drawn = both({ control: values.slice(0, cut * 4), experiment: values.slice(cut * 4).map((value) => value + more + 0.5) });
        fc.pre(drawn.experiment.length > 1);
        expect(hodgesLehmann(drawn, 0.05).lower > 0).toBe(rankTest(drawn).greater <= 0.05);
      }),
    );
  });
});

test("Fisher's test adds up, and mirrors when the sides are exchanged", () => {
  const counter = fc
    .integer({ min: 1, max: 3_000 })
    .chain((total) => fc.record({ events: fc.integer({ min: 0, max: total }), total: fc.constant(total) }));
  fc.assert(
    fc.property(counter, counter, fc.double({ min: 0.1, max: 10, noNaN: true }), (control, experiment, odds) => {
      const [there, back] = [fisherTest(control, experiment, odds), fisherTest(experiment, control, 1 / odds)];
      expect(there.greater).toBeCloseTo(back.less, 9);
      expect(there.greater + there.less).toBeGreaterThanOrEqual(1 - 1e-9);
    }),
  );
});

test('Holm rejects no less than Bonferroni, and never a value while keeping a smaller one', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 0.2, noNaN: true }), { minLength: 1, maxLength: 12 }), (values) => {
      const results = holm(values, 0.05);
      for (const [index, p] of values.entries()) {
        if (p <= 0.05 / values.length) expect(results[index]?.rejected).toBe(true);
        for (const [other, q] of values.entries()) if (q < p && results[index]?.rejected) expect(results[other]?.rejected).toBe(true);
      }
    }),
  );
});

test('looks never have more than the whole level, and the O’Brien-Fleming type has less early than the Pocock type', () => {
  const looks = fc
    .uniqueArray(fc.integer({ min: 1, max: 19 }), { minLength: 1, maxLength: 4 })
    .map((at) => at.sort((a, b) => a - b).map((share) => share / 20));
  fc.assert(
    fc.property(looks, (shares) => {
      for (const spending of ['obrien-fleming', 'pocock'] as const) expect(levelOfLook(0.05, shares, spending)).toBeLessThanOrEqual(0.05);
      const [first = 1] = shares;
      expect(levelOfLook(0.05, [first], 'obrien-fleming')).toBeLessThan(levelOfLook(0.05, [first], 'pocock'));
    }),
    { numRuns: 20 },
  );
});

describe('the judge', () => {
  const metric = { name: 'latency', direction: 'increase' as const };
  const severity = ['passed', 'warning', 'inconclusive', 'failed'];
  const latencies = fc.array(fc.integer({ min: 20, max: 400 }), { minLength: 10, maxLength: 60 });
  const judged = (control: number[], experiment: number[]) => {
    const [verdict] = judgeCanary({ metrics: [{ ...metric, tolerance: 0.25, control, experiment }] }).metrics;
    return verdict ?? expect.fail('one metric, one verdict');
  };

  test('is monotone in harm: a canary that is slower everywhere is never judged better', () => {
    fc.assert(
      fc.property(latencies, latencies, fc.double({ min: 1, max: 4, noNaN: true }), (control, experiment, slower) => {
        const [before, after] = [
          judged(control, experiment),
          judged(
            control,
            experiment.map((value) => value * slower),
          ),
        ];
        const rank = ({ outcome }: typeof before) => severity.indexOf(outcome === 'warning' ? 'passed' : outcome);
        expect(rank(after)).toBeGreaterThanOrEqual(rank(before));
      }),
    );
  });

  /** 115 is 1.25 times 92: such a pair ties at the tolerance, whatever its logarithms are rounded to. */
  const apartByTheTolerance = [
    [20, 169, 169, 20, 44, 92, 169, 169, 45, 21],
    [20, 20, 20, 57, 55, 55, 26, 115, 26, 116, 27],
  ] as const;

  test('does not look at the order of the samples or the unit they are in', () => {
    fc.assert(
      fc.property(latencies, latencies, (control, experiment) => {
        const seconds = (values: number[]) => values.toReversed().map((value) => value / 1_024);
        const [here, there] = [judged(control, experiment), judged(seconds(control), seconds(experiment))];
        expect(there.outcome).toBe(here.outcome);
        expect(there.value).toBeCloseTo(here.value ?? NaN, 9);
      }),
      { examples: [[[...apartByTheTolerance[0]], [...apartByTheTolerance[1]]]] },
    );
  });

  test('never passes without evidence: a pass means that the p of safety was small enough', () => {
    fc.assert(
      fc.property(latencies, latencies, (control, experiment) => {
        const { outcome, p } = judged(control, experiment);
        if (outcome === 'passed' || outcome === 'warning') expect(p?.safe).toBeLessThanOrEqual(p?.level ?? 0);
        if (outcome === 'failed') expect(p?.harmAdjusted).toBeLessThanOrEqual(0.05);
      }),
    );
  });
});
