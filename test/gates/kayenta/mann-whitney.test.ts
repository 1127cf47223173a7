import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { kayenta } from '../../../src/gates/kayenta/kayenta.js';

/** A sample told as how often each value occurs: the order means nothing to the test. */
const counted = (counts: Record<string, number>): number[] =>
  Object.entries(counts).flatMap(([value, times]) => Array<number>(times).fill(Number(value)));

describe('agreement with R, as Kayenta publishes it in MannWhitneySuite', () => {
  test('two samples of four', () => {
    const shift = kayenta.mannWhitney({ experiment: [10, 20, 30, 40], control: [1, 2, 3, 4] });
    expect(shift).toEqual({ lower: 6, upper: 39, estimate: 22.5 });
  });

  test.each([
    {
      points: 90,
      confidence: 0.95,
      control: { 1.5: 2, 2: 16, 2.5: 18, 3: 16, 3.5: 10, 4: 8, 4.5: 4, 5: 6, 5.5: 2, 6: 5, 8: 1, 15.5: 1, 54.5: 1 },
      experiment: { 1.5: 9, 2: 16, 2.5: 22, 3: 17, 3.5: 9, 4: 5, 4.5: 1, 5: 3, 5.5: 1, 6: 2, 6.5: 2, 7: 1, 7.5: 1, 16.5: 1 },
      lower: -0.500002521696696,
      upper: -3.486287505871302e-5,
      estimate: -0.4999393907180323,
    },
    {
      points: 180,
      confidence: 0.98,
      control: { 0: 1, 0.5: 7, 1: 32, 1.5: 70, 2: 33, 2.5: 22, 3: 6, 3.5: 2, 4: 3, 4.5: 1, 5.5: 1, 7: 1, 7.5: 1 },
      experiment: { 0.5: 20, 1: 41, 1.5: 67, 2: 37, 2.5: 3, 3: 2, 3.5: 3, 4: 1, 5: 1, 5.5: 3, 8.5: 1, 19: 1 },
      lower: -0.4999173250549087,
      upper: -6.912685789769486e-6,
      estimate: -3.45044082729315e-5,
    },
  ])('$points values full of ties, where the answer depends on the path of the search', ({ control, experiment, confidence, ...r }) => {
    const shift = kayenta.mannWhitney({ control: counted(control), experiment: counted(experiment), confidence });
    expect(shift.lower).toBeCloseTo(r.lower, 9);
    expect(shift.upper).toBeCloseTo(r.upper, 9);
    expect(Math.abs(shift.estimate - r.estimate)).toBeLessThan(1e-4); // the tolerance of the search, and of the peer's own test
  });

  it('leaves out what is missing', () => {
    const shift = kayenta.mannWhitney({ experiment: [10, null, 20, 30, 40], control: [1, 2, 'NaN', 3, 4] });
    expect(shift).toEqual({ lower: 6, upper: 39, estimate: 22.5 });
  });
});

describe('laws', () => {
  const side = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 3, maxLength: 30 });
  const sides = fc
    .record({ control: side, experiment: side })
    .filter(({ control, experiment }) => new Set([...control, ...experiment]).size > 3);

  test('exchanging the sides mirrors the shift, within the tolerance of the search', () => {
    fc.assert(
      fc.property(sides, ({ control, experiment }) => {
        const [there, back] = [
          kayenta.mannWhitney({ control, experiment }),
          kayenta.mannWhitney({ control: experiment, experiment: control }),
        ];
        expect(there.lower).toBeCloseTo(-back.upper, 2);
        expect(there.upper).toBeCloseTo(-back.lower, 2);
      }),
    );
  });

  test('the order of the values means nothing', () => {
    fc.assert(
      fc.property(sides, ({ control, experiment }) => {
        expect(kayenta.mannWhitney({ control: control.toReversed(), experiment: experiment.toReversed() })).toEqual(
          kayenta.mannWhitney({ control, experiment }),
        );
      }),
    );
  });
});

test.each([
  { name: 'text', control: ['12ms'], says: 'control[0] is the text "12ms", not a finite number or null' },
  { name: 'an infinity', control: [1, Infinity], says: 'control[1] is Infinity, not a finite number or null' },
  { name: 'something that is no list', control: { 0: 1 }, says: 'control is [object Object], not a list of numbers' },
  { name: 'a side without values', control: [null], says: 'it needs values on both sides that are not all tied' },
  { name: 'one value repeated', control: [4, 4], says: 'it needs values on both sides that are not all tied' },
])('$name is refused by name', ({ control, says }) => {
  // The compiler refuses these; JSON does not.
  const input = { control: control as number[], experiment: [4, 4] };
  expect(() => kayenta.mannWhitney(input)).toThrow(says);
});
