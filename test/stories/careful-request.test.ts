import { expect, test } from 'vitest';
import { simulatedRelease } from '../support/simulated-release.js';

const hour = 3_600_000;

test('what a sentence waits for stands on the approval question, and a yes confirms it', async () => {
  const { say, answer } = await simulatedRelease();
  const { question } = await say('ship storefront v2.2.0 to production, not before the tests of the payments team');
  expect(question).toMatchObject({
    conditions: ['the tests of the payments team'],
    question: 'Promote storefront v2.2.0 to production? A yes confirms: the tests of the payments team.',
  });
  expect(question?.description).toContain('Open, and confirmed by a yes: the tests of the payments team.');
  const { state } = await answer({ digest: question?.digest, decision: 'approved', by: 'owner' });
  expect(state.outcome).toBe('promoted');
});

test('a signature given beforehand confirms no condition: a person is asked', async () => {
  const { run } = await simulatedRelease({ preApprovedBy: 'owner', wanted: { conditions: ['the legal review'] } });
  const { question, state } = await run();
  expect(question?.conditions).toEqual(['the legal review']);
  expect(state.outcome).toBeNull();
});

test('the condition is part of what is approved: the same release without it is another question', async () => {
  const digests = await Promise.all(
    [{}, { conditions: ['the legal review'] }].map(
      async (wanted) => (await (await simulatedRelease({ preApprovedBy: null, wanted })).run()).question?.digest,
    ),
  );
  expect(new Set(digests).size).toBe(2);
});

test('production waits in staging for the time that was asked for, watched all the while', async () => {
  const { run, ports } = await simulatedRelease({ wanted: { notBeforeAt: Date.UTC(2026, 0, 4) } });
  const { state } = await run();
  expect(state.outcome).toBe('promoted');
  const production = state.deployment_history?.find((one) => one.environment === 'production');
  expect(production?.at).toBeGreaterThanOrEqual(Date.UTC(2026, 0, 4));
  expect(ports.clock.now() - Date.UTC(2026, 0, 4)).toBeLessThan(3 * hour);
});

test('a breach while it waits for that time sends the traffic back', async () => {
  const { run } = await simulatedRelease({
    wanted: { notBeforeAt: Date.UTC(2026, 0, 8) },
    faults: [{ afterS: 3 * 86_400, kind: 'error_rate', value: 0.2 }],
    config: { maxFixAttempts: 0 },
  });
  const { state, topics } = await run();
  expect(topics).toContain('staging/alert_triggered');
  expect(state.outcome).toBe('rolled_back');
});

test('a smaller first step and a longer soak are what is rolled out, planned and observed', async () => {
  const { run, store } = await simulatedRelease({
    wanted: { care: { canary: { weightPercent: 2, pauseMs: 1_200_000 }, soakMs: 36 * hour } },
  });
  const { state } = await run();
  expect(state.outcome).toBe('promoted');
  const weights = (await store.journal('release-1'))
    .filter((row) => row.kind === 'rollout')
    .map((row) => (row.value as { weight: number }).weight);
  expect(weights.slice(0, 3)).toEqual([2, 10, 100]);
  expect(state.deployment_plan?.steps[0]).toBe('2 % for 1200 s');
  const period = state.gate_evaluations?.flatMap((one) => one.checks).find((check) => check.check === 'stability_period');
  expect(period).toMatchObject({ outcome: 'passed', target: '>= 36 h' });
});
