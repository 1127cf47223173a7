import fc from 'fast-check';
import { expect, test } from 'vitest';
import { thinPoints } from '../../src/desk/view/thin-points.js';

const lines = fc
  .array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1, maxLength: 3_000 })
  .map((values) => values.map((value, at) => [at, value] as const));

test('a thinned line has few points, all of them measured, in order, from the first to the last, with its lowest and its highest', () => {
  fc.assert(
    fc.property(lines, (points) => {
      const thin = thinPoints(points, 100);
      const values = thin.map(([, value]) => value);
      expect(thin.length).toBeLessThanOrEqual(Math.min(points.length, 100));
      expect(thin.every((point) => points.includes(point))).toBe(true);
      expect(thin.map(([at]) => at)).toEqual(thin.map(([at]) => at).sort((a, b) => a - b));
      expect([thin[0], thin.at(-1)]).toEqual([points[0], points.at(-1)]);
      expect([Math.min(...values), Math.max(...values)]).toEqual([
        Math.min(...points.map(([, value]) => value)),
        Math.max(...points.map(([, value]) => value)),
      ]);
    }),
  );
});

test('one sample that stands out of ten thousand is still drawn', () => {
  const points = Array.from({ length: 10_000 }, (_, at) => [at, at === 6_543 ? 900 : 145] as const);
  expect(thinPoints(points)).toContainEqual([6_543, 900]);
  expect(thinPoints(points).length).toBeLessThanOrEqual(800);
});
