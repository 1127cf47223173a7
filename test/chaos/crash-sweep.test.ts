import { expect, test } from 'vitest';
import { sampled } from '../support/everything.js';
import { crashStories, sweepCrashes, type CrashPoint } from './crash-sweep.js';

const nthAndEffects = (nth: number) => (points: CrashPoint[]) =>
  points.filter((point, place) => ('effect' in point ? point.effect % 6 === (point.by === 'SIGKILL' ? 2 : 5) : place % nth === nth - 1));

test('a release that is killed, that is asked to end, whose disk is full or whose clock is set, goes on and ends as if nothing had been: everything happens once', async () => {
  const { tried, wrong } = await sweepCrashes({ choose: nthAndEffects(211) });
  expect(wrong).toEqual([]);
  expect(tried).toBeGreaterThan(6);
});

/** Staging stands from about the fifth write on, and the next checkpoint knows of it only later. */
const onceStagingStands = (points: CrashPoint[]): CrashPoint[] =>
  points.filter((point) => 'write' in point && point.when === 'after' && point.write >= 5 && point.write <= 7);

test('what ran in staging and died with its process runs again, whether or not a checkpoint knew of it', async () => {
  const { tried, wrong } = await sweepCrashes({ by: ['SIGKILL'], stories: crashStories.slice(0, 1), choose: onceStagingStands });
  expect([tried, wrong]).toEqual([3, []]);
});

test('the sweep reports a release that goes on in an environment that died with its process', async () => {
  const { wrong } = await sweepCrashes({
    ...{ by: ['SIGKILL'] as const, without: 'revival' as const, stories: crashStories.slice(0, 1) },
    choose: (points) => onceStagingStands(points).slice(-1),
  });
  expect(wrong.join('\n')).toContain('lost: deployment of v2.2.0 in staging');
});

test('the sweep reports what was begun and not finished where nobody listens to SIGTERM', async () => {
  const { wrong } = await sweepCrashes({
    ...{ by: ['SIGTERM'] as const, without: 'drain' as const, stories: crashStories.slice(0, 1) },
    choose: (points) => points.filter((point) => 'when' in point && point.when === 'before').slice(8, 10),
  });
  expect(wrong.join('\n')).toContain('has begun and was not finished');
});

test('the sweep reports what nobody is told of where a notification is in memory only', async () => {
  const { wrong } = await sweepCrashes({
    ...{ by: ['SIGKILL'] as const, without: 'outbox' as const, stories: crashStories.slice(0, 1) },
    choose: (points) => points.filter((point) => 'when' in point && point.when === 'after').slice(-1),
  });
  expect(wrong.join('\n')).toContain('notifications is');
});

const unguarded = [
  ['operations are not remembered', 'operations', 'SIGKILL', [-1], 'too many of: switch of production'],
  ['adapters do again what they are asked again', 'idempotent adapters', 'SIGKILL', [-1], 'too many of: tag v2.2.0'],
  [
    'adapters do again what a full disk has kept nobody from doing',
    'idempotent adapters',
    'full disk',
    [-9, -5],
    'too many of: migration of production',
  ],
] as const;
test.each(sampled(unguarded, 3))('the sweep reports what happens twice where %s', async (_, without, by, places, expected) => {
  const choose = (points: CrashPoint[]) => points.slice(...places);
  const { wrong } = await sweepCrashes({ by: [by], without, stories: crashStories.slice(0, 1), choose });
  expect(wrong.join('\n')).toContain(expected);
});
