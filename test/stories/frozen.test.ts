import { expect, test } from 'vitest';
import type { AppliedMigration } from '../../src/catalog/data.js';
import type { FaultInput } from '../../src/scenario/faults.js';
import { simulatedRelease } from '../support/simulated-release.js';

const migration: AppliedMigration = {
  kind: 'forward-only',
  migrations: [{ id: 'shop-4', kind: 'forward-only', why: '' }],
  state: 'applied',
  undoing: null,
  snapshot: null,
  writes: { rows: 3, tables: [] },
};

/** A release whose candidate has migrated the data so that the version before can't live with it. */
const heldByItsData = async (faults: FaultInput[]) => {
  const release = await simulatedRelease({
    faults,
    config: { rollout: { strategy: 'blue-green', sampleMs: 60_000, watchMs: 600_000 } },
  });
  const { deployment } = release.ports;
  let digest = '';
  const migrate = deployment.migrate.bind(deployment);
  deployment.migrate = (environment, artifact, operation) => {
    digest = artifact.digest;
    return migrate(environment, artifact, operation);
  };
  deployment.migration = (environment) => Promise.resolve(environment === 'staging' ? migration : null);
  deployment.dataHold = (environment, asked) =>
    Promise.resolve(environment === 'staging' && asked === digest ? "the data has shop-4, which the version before can't live with" : null);
  return release;
};

test.each<[string, FaultInput, string]>([
  ['in the rollout', { kind: 'error_rate', value: 0.1 }, 'staging-deployment-routine'],
  ['in the soak', { kind: 'error_rate', value: 0.2, afterS: 2 * 3_600 }, 'alert-response-routine'],
])('a breach %s freezes the release: the traffic stays where the data can be read', async (_, fault, emitter) => {
  const { run, ports } = await heldByItsData([fault]);
  const { state } = await run();
  expect(state.outcome).toBe('held');
  expect(state.deployment_status).toBe('frozen');
  expect(state.outcomeReason).toContain('Release a version that mends it');
  expect(state.events.find(({ topic }) => topic === 'staging/rollback_required')?.emittedBy).toBe(emitter);
  expect(state.attempt).toBe(1); // it is not taken apart for a fix of its own
  const { activeSlot, slots } = await ports.deployment.status('staging');
  expect(slots.find(({ slot }) => slot === activeSlot)?.version).toBe('v2.2.0');
  expect(slots.filter(({ version }) => version !== null)).toHaveLength(2); // nothing was retired
});
