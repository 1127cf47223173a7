import { expect, test } from 'vitest';
import { doraMetrics } from '../../src/gates/dora.js';
import { simulatedRelease } from '../support/simulated-release.js';

const plan = { sampleMs: 60_000, steps: [{ weightPercent: 10, pauseMs: 600_000 }], watchMs: 600_000 };
const released = async (freeze: { from?: string; until?: string; environments?: ('staging' | 'production')[] }) => {
  const { run, ports } = await simulatedRelease({
    config: { rollout: { ...plan, freeze: [{ by: 'grace', reason: 'the sale is on', ...freeze }] } },
  });
  const { state } = await run();
  return { state, ports, history: state.deployment_history ?? [] };
};

test('a freeze of staging refuses the deployment, says who and why, and moves no traffic', async () => {
  const { state, history, ports } = await released({});
  expect(history).toMatchObject([
    { environment: 'staging', status: 'refused', reason: 'frozen by grace: the sale is on (until somebody ends it)' },
  ]);
  expect(state.outcome).not.toBe('promoted');
  expect((await ports.deployment.status('staging')).candidateWeightPercent).toBe(0);
});

test('a freeze of production lets staging finish and refuses the promotion, which is no failed change', async () => {
  const { state, history, ports } = await released({ environments: ['production'] });
  expect(history.find((one) => one.environment === 'production')).toMatchObject({ status: 'refused' });
  expect(state.outcome).toBe('rolled_back');
  const { slots, activeSlot } = await ports.deployment.status('production');
  expect(slots.find((one) => one.slot === activeSlot)?.version).toBe('v2.1.1');
  expect(doraMetrics(history, ports.clock.now()).changeFailureRate.value).toBe('unknown');
});

test('a freeze that ends on the way only delays the release', async () => {
  const { state, history } = await released({ from: '2026-01-01T00:05:00Z', until: '2026-01-01T02:00:00Z' });
  expect(state.outcome).toBe('promoted');
  const [staging] = history;
  expect((staging?.at ?? 0) + (staging?.durationMs ?? 0)).toBeGreaterThanOrEqual(Date.parse('2026-01-01T02:00:00Z'));
});

test('a promoted release tells who approved it and how long its changes took', async () => {
  const { history, ports } = await released({ until: '2025-01-01T00:00:00Z' });
  expect(history.find((one) => one.environment === 'production')).toMatchObject({ status: 'success', by: 'owner', restoreMs: null });
  const { leadTimeForChangesMs } = doraMetrics(history, ports.clock.now());
  expect(leadTimeForChangesMs.value).toBeGreaterThan(24 * 3_600_000);
});
