import { expect, test } from 'vitest';
import { crashStories, sweepCrashes, type CrashPoint } from './crash-sweep.js';

const nthAndEffects = (nth: number) => (points: CrashPoint[]) =>
  points.filter((point, place) => ('effect' in point && point.effect % 3 === 2) || place % nth === nth - 1);

test('a release that is killed with SIGKILL and resumed ends as if it had not been, and nothing is done twice', async () => {
  const { tried, wrong } = await sweepCrashes({ choose: nthAndEffects(37) });
  expect(wrong).toEqual([]);
  expect(tried).toBeGreaterThan(6);
});

test.each([
  ['operations are not remembered', 'operations', 'too many of: switch of production'],
  ['adapters do again what they are asked again', 'idempotent adapters', 'too many of: tag v2.2.0'],
] as const)('the sweep reports what happens twice where %s', async (_, without, expected) => {
  const { wrong } = await sweepCrashes({ without, stories: crashStories.slice(0, 1), choose: (points) => points.slice(-1) });
  expect(wrong.join('\n')).toContain(expected);
});
