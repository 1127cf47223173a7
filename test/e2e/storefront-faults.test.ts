import { beforeAll, expect, test } from 'vitest';
import { makeRepository } from '../../examples/storefront/make-repository.mjs';
import { everything } from '../support/everything.js';
import { leftOver } from '../support/left-over.js';
import { gate, released } from '../support/storefront-release.js';

beforeAll(() => {
  makeRepository();
});

test.concurrent('v2.6.0 leaks memory and is stopped by the stability gate', async () => {
  const { document, exitCode } = await released('v2.6.0');
  expect({ outcome: document.outcome, exitCode }, document.reason).toEqual({ outcome: 'rolled_back', exitCode: 4 });
  expect(gate(document, 'stability')?.checks.find((check) => check.check === 'memory_growth')?.outcome).toBe('failed');
});

test.concurrent('v2.7.0 crashes a minute after its start, in the soak or while production takes it up, and is rolled back', async () => {
  const { document, exitCode, state } = await released('v2.7.0');
  expect({ outcome: document.outcome, exitCode }, document.reason).toEqual({ outcome: 'rolled_back', exitCode: 4 });
  expect(document.rollout.at(-1)?.weight).toBe(0);
  expect(document.reason).toContain('crashed');
  expect(await leftOver(state)).toEqual([]);
});

test.runIf(everything).concurrent('v2.7.0 that crashes under the load test is shut out by the performance gate', async () => {
  const { document, exitCode } = await released('v2.7.0', { STOREFRONT_CRASH_AFTER_REQUESTS: '5000' });
  expect({ outcome: document.outcome, exitCode, rollout: document.rollout }, document.reason).toEqual({
    outcome: 'rejected',
    exitCode: 4,
    rollout: [],
  });
  expect(gate(document, 'performance')?.checks.find((check) => check.check === 'error_rate')?.outcome).toBe('failed');
});
