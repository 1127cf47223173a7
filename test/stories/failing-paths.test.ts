import { expect, test } from 'vitest';
import type { FaultInput } from '../../src/scenario/faults.js';
import { simulatedRelease } from '../support/simulated-release.js';

const rows: { story: string; fault: FaultInput; outcome: string; gate?: [string, string]; tookTraffic: boolean }[] = [
  {
    story: 'a red regression test shuts the functional gate before any traffic',
    fault: { kind: 'red_test' },
    outcome: 'rejected',
    gate: ['functional', 'failed'],
    tookTraffic: false,
  },
  {
    story: 'a critical vulnerability shuts the security gate',
    fault: { kind: 'critical_vulnerability' },
    outcome: 'rejected',
    gate: ['security', 'failed'],
    tookTraffic: false,
  },
  {
    story: 'a slow preview shuts the performance gate',
    fault: { kind: 'slow_load', value: 400 },
    outcome: 'rejected',
    gate: ['performance', 'failed'],
    tookTraffic: false,
  },
  {
    story: 'a merge conflict is rejected before anything is deployed',
    fault: { kind: 'merge_conflict' },
    outcome: 'rejected',
    tookTraffic: false,
  },
  { story: 'a failing build is rejected', fault: { kind: 'build_failure' }, outcome: 'rejected', tookTraffic: false },
  { story: 'a preview that never answers is rejected', fault: { kind: 'preview_dead' }, outcome: 'rejected', tookTraffic: false },
  {
    story: 'errors in the canary send the traffic back',
    fault: { kind: 'error_rate', value: 0.1 },
    outcome: 'rolled_back',
    tookTraffic: true,
  },
  { story: 'a crash in the canary sends the traffic back', fault: { kind: 'crash' }, outcome: 'rolled_back', tookTraffic: true },
  {
    story: 'a candidate that leaks memory is shut out by the stability gate',
    fault: { kind: 'memory_leak', value: 200 * 1024 ** 2 },
    outcome: 'rolled_back',
    gate: ['stability', 'failed'],
    tookTraffic: true,
  },
  {
    story: 'monitoring that is down never lets a canary pass',
    fault: { kind: 'monitoring_down' },
    outcome: 'rolled_back',
    tookTraffic: true,
  },
  {
    story: 'errors in production send its traffic back',
    fault: { kind: 'error_rate', value: 0.1, environment: 'production' },
    outcome: 'rolled_back',
    tookTraffic: true,
  },
];

test.each(rows)('$story', async ({ fault, outcome, gate, tookTraffic }) => {
  const { run, ports } = await simulatedRelease({ faults: [fault] });
  const { state, topics } = await run();
  expect(state.outcome).toBe(outcome);
  expect(topics).toContain('staging/rollback_required');
  expect(topics).not.toContain('swarm/completed');
  expect(state.evidence.some((ref) => ref.tool === 'run_rollout')).toBe(tookTraffic);
  if (gate) expect(state.gate_evaluations?.findLast((one) => one.gate === gate[0])?.outcome).toBe(gate[1]);
  for (const environment of ['staging', 'production'] as const) {
    const status = await ports.deployment.status(environment);
    const active = status.slots.find((slot) => slot.slot === status.activeSlot);
    expect([null, 'v2.1.1']).toContain(active?.version ?? null);
    expect(status.candidateWeightPercent).toBe(0);
  }
});

test('errors in the copies of a mirroring step end the canary before any visitor met it', async () => {
  const rollout = { sampleMs: 60_000, steps: [{ weightPercent: 0, mirrorPercent: 20, pauseMs: 600_000 }], watchMs: 600_000 };
  const { run, store } = await simulatedRelease({ config: { rollout }, faults: [{ kind: 'error_rate', value: 0.1 }] });
  expect((await run()).state.outcome).toBe('rolled_back');
  const weights = (await store.journal('release-1')).filter((entry) => entry.kind === 'rollout');
  expect(weights.map((entry) => (entry.value as { weight: number }).weight)).toEqual([0, 0]);
});

test('an error rate that shows only after an hour of soak sends the traffic back without waiting for its end', async () => {
  const { run, ports } = await simulatedRelease({ faults: [{ kind: 'error_rate', value: 0.2, afterS: 2 * 3_600 }] });
  const { state, topics } = await run();
  expect(state.outcome).toBe('rolled_back');
  expect(topics).toContain('staging/alert_triggered');
  const hours = (ports.clock.now() - Date.UTC(2026, 0, 1)) / 3_600_000;
  expect(hours).toBeLessThan(3);
});

test('a red test that is fixed on its branch goes round the loop once and is promoted', async () => {
  const { run } = await simulatedRelease({ faults: [{ kind: 'red_test', untilAttempt: 1 }] });
  const { state, topics } = await run();
  expect(state.outcome).toBe('promoted');
  expect(state.attempt).toBe(2);
  expect(topics.filter((topic) => topic === 'staging/development_requested')).toHaveLength(2);
});

test('without a fix on the branches the loop does not turn', async () => {
  const { run } = await simulatedRelease({ faults: [{ kind: 'critical_vulnerability' }] });
  const { state } = await run();
  expect(state.attempt).toBe(1);
  expect(state.messages.map((message) => message.text).join(' ')).toContain('same commits would fail again');
});
