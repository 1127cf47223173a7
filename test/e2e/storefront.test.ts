import { beforeAll, expect, test } from 'vitest';
import { makeRepository } from '../../examples/storefront/make-repository.mjs';
import { command } from '../support/command.js';
import { everything } from '../support/everything.js';
import { leftOver } from '../support/left-over.js';
import { amongOthers, config, gate, released } from '../support/storefront-release.js';

beforeAll(() => {
  makeRepository();
});

test.concurrent('v2.2.0 with both features is promoted on real processes, with every criterion met and nothing left running', async () => {
  const { document, exitCode, state, stderr } = await released('v2.2.0 with wishlist and fast-checkout');
  expect({ outcome: document.outcome, exitCode }, document.reason).toEqual({ outcome: 'promoted', exitCode: 0 });
  expect(document.criteria.filter((one) => !one.met)).toEqual([]);
  expect(document.deploymentMetrics.droppedRequests).toBe(0);
  expect(document.criteria.find((one) => one.criterion === 'stabilityPeriod')?.expected).toContain(
    '20 s instead of 24 h, set by the policy',
  );
  const verified = await command(['verify', document.release, '--config', config, '--state-dir', state], { env: amongOthers });
  expect(verified.exitCode).toBe(0);
  expect(stderr).not.toContain('Warning'); // of Node: too many listeners, something that nobody awaits
  expect(await leftOver(state)).toEqual([]);
});

test.concurrent('v2.3.0 returns errors under real traffic: the traffic is back within two seconds and no request is dropped', async () => {
  const { document, exitCode, state } = await released('v2.3.0');
  expect({ outcome: document.outcome, exitCode }, document.reason).toEqual({ outcome: 'rolled_back', exitCode: 4 });
  expect(document.deploymentMetrics.restoreMs).toBeLessThan(2_000);
  expect(document.deploymentMetrics.droppedRequests).toBe(0);
  expect(document.deploymentMetrics.candidateErrors).toBeGreaterThan(0);
  expect(await leftOver(state)).toEqual([]);
});

test.concurrent('v2.4.0 fails a regression test and never takes traffic', async () => {
  const { document, exitCode } = await released('v2.4.0');
  expect({ outcome: document.outcome, exitCode, rollout: document.rollout }, document.reason).toEqual({
    outcome: 'rejected',
    exitCode: 4,
    rollout: [],
  });
  expect(gate(document, 'functional')?.outcome).toBe('failed');
  expect(document.blackboard.test_failures?.length).toBeGreaterThan(0);
});

test.runIf(everything).concurrent('v2.5.0 has a critical advisory and is stopped by the security gate', async () => {
  const { document, exitCode } = await released('v2.5.0');
  expect({ outcome: document.outcome, exitCode, gate: gate(document, 'security')?.outcome }).toEqual({
    outcome: 'rejected',
    exitCode: 4,
    gate: 'failed',
  });
});
