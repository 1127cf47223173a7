import { expect, test } from 'vitest';
import { suiteKinds } from '../../src/catalog/suite-kinds.js';
import type { FaultInput } from '../../src/scenario/faults.js';
import { simulatedRelease } from '../support/simulated-release.js';

const suites = ['storefront', 'payments'].flatMap((service) =>
  suiteKinds.map((kind) => ({ name: `${service}-${kind}`, kind, command: ['true'], service })),
);

/** Storefront v2.2.0 and payments v1.4.0, released together in the simulated world. */
const together = async (faults: FaultInput[] = []) => {
  const release = await simulatedRelease({
    faults,
    config: {
      suites,
      services: [{ name: 'payments', stable: 'v1.3.0', start: { command: ['true'] }, criticalUserPaths: ['/charge'] }],
    },
    wanted: { services: [{ service: 'payments', version: 'v1.4.0' }] },
  });
  const { state } = await release.run();
  const serves = async (environment: 'staging' | 'production') => {
    const { slots, activeSlot, candidateWeightPercent } = await release.ports.deployment.status(environment);
    const active = slots.find((one) => one.slot === activeSlot);
    return [candidateWeightPercent, active?.version, ...(active?.services ?? []).map(({ service, version }) => `${service} ${version}`)];
  };
  return { state, serves };
};

test('two healthy services are promoted together', async () => {
  const { state, serves } = await together();
  expect(state.outcome, state.outcomeReason).toBe('promoted');
  expect(await serves('staging')).toEqual([0, 'v2.2.0', 'payments v1.4.0']);
  expect(await serves('production')).toEqual([0, 'v2.2.0', 'payments v1.4.0']);
});

test.each<[string, FaultInput, RegExp]>([
  ['fails in the canary', { kind: 'error_rate', value: 0.04 }, /^payments: .*requests failed/],
  ['is slow in the canary', { kind: 'latency', value: 2_000 }, /^payments: .*ms/],
  ['crashes', { kind: 'crash' }, /payments/],
])('where the second %s, both go back', async (_, fault, reason) => {
  const { state, serves } = await together([{ ...fault, service: 'payments' }]);
  expect(state.outcome, state.outcomeReason).toBe('rolled_back');
  expect(state.outcomeReason).toMatch(reason);
  expect(await serves('staging')).toEqual([0, 'v2.1.1', 'payments v1.3.0']);
});

test('a red test of the second keeps both from traffic', async () => {
  const { state, serves } = await together([{ kind: 'red_test', service: 'payments' }]);
  expect(state.outcome).toBe('rejected');
  expect(state.outcomeReason).toContain('payments');
  expect(await serves('staging')).toEqual([0, 'v2.1.1', 'payments v1.3.0']);
});

test('a fault of a service that is not there is refused by name', async () => {
  await expect(together([{ kind: 'crash', service: 'bank' }])).rejects.toThrow('a fault is of "bank"');
});
