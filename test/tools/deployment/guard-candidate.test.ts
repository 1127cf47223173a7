import { expect, test } from 'vitest';
import { StagingError } from '../../../src/catalog/errors.js';
import { guardCandidate } from '../../../src/tools/deployment/guard-candidate.js';
import type { Clock } from '../../../src/tools/ports.js';
import type { EnvironmentName, WeightChange } from '../../../src/catalog/tools.js';
import { readyToRoll } from './local/fixtures/rollout.js';

type Doors = Parameters<typeof guardCandidate>[0];

/** A candidate that has taken all traffic, and its guard with doors that a test may break. */
const guarded = async (manner: string, broken: (doors: Doors) => Partial<Doors> = () => ({})) => {
  const ready = await readyToRoll({ manners: [manner] });
  const rollout = await ready.roll();
  expect(rollout.outcome).toBe('completed');
  const { ports, config, deployment } = ready;
  const told = { changes: [] as WeightChange[], troubles: [] as string[] };
  const over = guardCandidate(
    { ...ports, ...broken(ports) },
    rollout,
    config.rollout,
    { weight: async (change) => void told.changes.push(change), trouble: async (text) => void told.troubles.push(text) },
    'r1',
  );
  return { ...told, over, deployment, slot: rollout.slot };
};

/** Refuses its first answers. */
const failing = <A extends unknown[], R>(times: number, work: (...args: A) => Promise<R>) => {
  let left = times;
  return (...args: A): Promise<R> => (left-- > 0 ? Promise.reject(new Error('the instrument is away')) : work(...args));
};

test('a breach after the rollout sends all traffic back', async () => {
  const { over, changes, troubles, deployment, slot } = await guarded('fails-after-400');
  await over;
  expect(changes).toMatchObject([{ environment: 'staging', weight: 0, slot }]);
  expect(troubles).toEqual([]);
  expect((await deployment.status('staging')).activeSlot).not.toBe(slot);
});

test('an instrument that fails for a while is told once, and the breach after it still sends the traffic back', async () => {
  const { over, changes, troubles } = await guarded('fails-after-400', ({ monitoring }) => ({
    monitoring: { ...monitoring, samples: failing(4, (...asked: Parameters<typeof monitoring.samples>) => monitoring.samples(...asked)) },
  }));
  await over;
  expect(troubles).toEqual([expect.stringContaining('the instrument is away')]);
  expect(changes).toMatchObject([{ weight: 0 }]);
});

test('a switch that fails is tried again at the next sample', async () => {
  const { over, changes, deployment, slot } = await guarded('fails-after-400', ({ deployment: port }) => ({
    deployment: { ...port, switchActive: failing(2, (environment: EnvironmentName) => port.switchActive(environment)) },
  }));
  await over;
  expect(changes).toMatchObject([{ weight: 0 }]);
  expect((await deployment.status('staging')).activeSlot).not.toBe(slot);
});

test('the guard ends when the doors close', async () => {
  const { over, deployment, troubles } = await guarded('good');
  await deployment.close();
  await over;
  expect(troubles).toEqual([]);
});

test('a clock that nobody moves is not waited for', async () => {
  const still: Clock = { passesByItself: false, now: () => 0, sleep: () => Promise.reject(new StagingError('DEFECT', 'nobody sleeps')) };
  const { over, changes } = await guarded('good', () => ({ clock: still }));
  await over;
  expect(changes).toEqual([]);
});
