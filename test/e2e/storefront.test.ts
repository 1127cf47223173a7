import { mkdtemp } from 'node:fs/promises';
import { resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { makeRepository } from '../../examples/storefront/make-repository.mjs';
import type { ReleaseDocument } from '../../src/desk/document.js';
import { command } from '../support/command.js';
import { leftOver } from '../support/left-over.js';

const config = resolve('examples/storefront/staging.config.ts');

/** A state directory below the example, so that the artifacts find its dependencies. */
const stateDir = () => mkdtemp(resolve('examples/storefront/.staging-'));

beforeAll(() => {
  makeRepository();
});

const released = async (version: string, env: Record<string, string> = {}) => {
  const state = await stateDir();
  const { stdout, exitCode, stderr } = await command(
    [
      'release',
      `ship storefront ${version} to staging, promote it if it is healthy`,
      '--approve-as',
      'storefront-owner',
      '--config',
      config,
      '--state-dir',
      state,
      '--json',
    ],
    { env },
  );
  return { document: JSON.parse(String(stdout)) as ReleaseDocument, exitCode, stderr: String(stderr), state };
};
const gate = (document: ReleaseDocument, name: string) => document.gates.find((one) => one.gate === name);

test('v2.2.0 with both features is promoted on real processes, with every criterion met and nothing left running', async () => {
  const { document, exitCode, state, stderr } = await released('v2.2.0 with wishlist and fast-checkout');
  expect(document.criteria.filter((one) => !one.met)).toEqual([]);
  expect({ outcome: document.outcome, exitCode }).toEqual({ outcome: 'promoted', exitCode: 0 });
  expect(document.deploymentMetrics.droppedRequests).toBe(0);
  expect(document.criteria.find((one) => one.criterion === 'stabilityPeriod')?.expected).toContain(
    '20 s instead of 24 h, set by the policy',
  );
  const verified = await command(['verify', document.release, '--config', config, '--state-dir', state]);
  expect(verified.exitCode).toBe(0);
  expect(stderr).not.toContain('Warning'); // of Node: too many listeners, something that nobody awaits
  expect(await leftOver(state)).toEqual([]);
});

test.concurrent('v2.3.0 returns errors under real traffic: the traffic is back within two seconds and no request is dropped', async () => {
  const { document, exitCode, state } = await released('v2.3.0');
  expect({ outcome: document.outcome, exitCode }).toEqual({ outcome: 'rolled_back', exitCode: 4 });
  expect(document.deploymentMetrics.restoreMs).toBeLessThan(2_000);
  expect(document.deploymentMetrics.droppedRequests).toBe(0);
  expect(document.deploymentMetrics.candidateErrors).toBeGreaterThan(0);
  expect(await leftOver(state)).toEqual([]);
});

test.concurrent('v2.4.0 fails a regression test and never takes traffic', async () => {
  const { document, exitCode } = await released('v2.4.0');
  expect({ outcome: document.outcome, exitCode, rollout: document.rollout }).toEqual({ outcome: 'rejected', exitCode: 4, rollout: [] });
  expect(gate(document, 'functional')?.outcome).toBe('failed');
  expect(document.blackboard.test_failures?.length).toBeGreaterThan(0);
});

test.concurrent('v2.5.0 has a critical advisory and is stopped by the security gate', async () => {
  const { document, exitCode } = await released('v2.5.0');
  expect({ outcome: document.outcome, exitCode, gate: gate(document, 'security')?.outcome }).toEqual({
    outcome: 'rejected',
    exitCode: 4,
    gate: 'failed',
  });
});

test.concurrent('v2.6.0 leaks memory and is stopped by the stability gate', async () => {
  const { document, exitCode } = await released('v2.6.0');
  expect({ outcome: document.outcome, exitCode }).toEqual({ outcome: 'rolled_back', exitCode: 4 });
  expect(gate(document, 'stability')?.checks.find((check) => check.check === 'memory_growth')?.outcome).toBe('failed');
});

test.concurrent(
  'v2.7.0 crashes a minute after its start, while production takes it up, and is rolled back in both environments',
  async () => {
    const { document, exitCode, state } = await released('v2.7.0');
    expect({ outcome: document.outcome, exitCode }).toEqual({ outcome: 'rolled_back', exitCode: 4 });
    expect(document.rollout.at(-1)?.weight).toBe(0);
    expect(document.reason).toContain('crashed');
    expect(await leftOver(state)).toEqual([]);
  },
);

test.concurrent('v2.7.0 that crashes under the load test is shut out by the performance gate', async () => {
  const { document, exitCode } = await released('v2.7.0', { STOREFRONT_CRASH_AFTER_REQUESTS: '5000' });
  expect({ outcome: document.outcome, exitCode, rollout: document.rollout }).toEqual({ outcome: 'rejected', exitCode: 4, rollout: [] });
  expect(gate(document, 'performance')?.checks.find((check) => check.check === 'error_rate')?.outcome).toBe('failed');
});
