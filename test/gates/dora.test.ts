import { expect, test } from 'vitest';
import { doraMetrics, type Deployment } from '../../src/gates/dora.js';

const day = 24 * 3_600_000;
const deployed = (change: Partial<Deployment> = {}): Deployment => ({
  environment: 'production',
  at: 0,
  durationMs: 1_000,
  status: 'success',
  restoreMs: null,
  committedAt: [],
  ...change,
});
const valuesOf = (history: readonly Deployment[], now = 10 * day) =>
  Object.fromEntries(Object.entries(doraMetrics(history, now)).map(([name, { value }]) => [name, value]));

test('an empty history knows nothing, and says so four times', () => {
  expect(valuesOf([])).toEqual({
    deploymentFrequencyPerDay: 'unknown',
    leadTimeForChangesMs: 'unknown',
    changeFailureRate: 'unknown',
    timeToRestoreMs: 'unknown',
  });
});

test('deployment frequency counts what stayed in production, per day since the first entry', () => {
  const history = [
    deployed(),
    deployed({ at: 5 * day }),
    deployed({ at: 6 * day, status: 'rollback' }),
    deployed({ environment: 'staging' }),
  ];
  expect(valuesOf(history)).toMatchObject({ deploymentFrequencyPerDay: 0.2 });
});

test('a history of less than a day has no rate per day', () => {
  expect(doraMetrics([deployed()], day - 1).deploymentFrequencyPerDay).toEqual({
    value: 'unknown',
    of: 1,
    why: 'the history is younger than a day',
  });
});

test('lead time is the median from commit to the end of the deployment, over all changes', () => {
  const history = [deployed({ at: 9_000, committedAt: [0, 4_000] }), deployed({ at: 20_000, durationMs: 0, committedAt: [0] })];
  expect(valuesOf(history)).toMatchObject({ leadTimeForChangesMs: 10_000 });
});

test('changes that did not stay have no lead time', () => {
  expect(valuesOf([deployed({ status: 'rollback', committedAt: [0] })])).toMatchObject({ leadTimeForChangesMs: 'unknown' });
});

test('change failure rate is the share that went back or failed; what a freeze refused never took place', () => {
  const history = [
    deployed(),
    deployed({ status: 'rollback' }),
    deployed({ status: 'failed' }),
    deployed({ status: 'refused' }),
    deployed({ environment: 'staging', status: 'rollback' }),
    deployed(),
  ];
  expect(doraMetrics(history, day).changeFailureRate).toEqual({ value: 0.5, of: 4, why: '2 of 4 deployments failed' });
});

test('time to restore is the median over failures that tell it', () => {
  const failed = (restoreMs: number | null) => deployed({ status: 'rollback', restoreMs });
  expect(valuesOf([failed(100), failed(300), failed(900), failed(null), deployed({ restoreMs: 7 })])).toMatchObject({
    timeToRestoreMs: 300,
  });
  expect(doraMetrics([failed(null)], day).timeToRestoreMs).toMatchObject({
    value: 'unknown',
    why: 'no failed deployment tells how long it took',
  });
  expect(doraMetrics([deployed()], day).timeToRestoreMs).toMatchObject({ value: 'unknown', why: 'nothing had to be restored' });
});
