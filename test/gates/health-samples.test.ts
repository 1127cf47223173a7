import { expect, test } from 'vitest';
import { healthyTimeMs, restartsGrown, uptimeOf } from '../../src/gates/health-samples.js';
import { sample, seconds } from './recorded.js';

const since = { sinceAt: 0, intervalMs: 1_000 };
const at = (...times: number[]) => times.map((time) => sample({ at: time }));

test.each([
  ['an unbroken row counts whole', seconds(21), 20_000],
  ['a gap of 2.5 intervals counts', at(0, 2_500), 2_500],
  ['a longer gap does not', at(0, 2_501, 3_501), 1_000],
  ['a bad answer costs the time before and after it', seconds(5, (s) => ({ healthy: s !== 2 })), 2_000],
  ['a restart costs the interval in which it happened', seconds(5, (s) => ({ restarts: s < 2 ? 0 : 1 })), 3_000],
  ['a sample that did not ask is passed over', seconds(5, (s) => ({ healthy: s % 2 === 0 ? true : null })), 4_000],
  ['two samples that did not ask are a gap', seconds(5, (s) => ({ healthy: s === 1 || s === 2 || s === 3 ? null : true })), 0],
  ['one sample is no time', seconds(1), 0],
  ['no sample is no time', [], 0],
])('%s', (_, samples, healthyMs) => {
  expect(healthyTimeMs(samples, since)).toBe(healthyMs);
});

test('an interval that began before the deployment counts from the deployment', () => {
  expect(healthyTimeMs(seconds(5), { sinceAt: 1_400, intervalMs: 1_000 })).toBe(2_600);
});

test('uptime counts only the samples that asked', () => {
  expect(uptimeOf(seconds(10, (s) => ({ healthy: s < 2 ? null : s > 2 })))).toEqual({ asked: 8, answered: 7, percent: 87.5 });
  expect(uptimeOf([])).toEqual({ asked: 0, answered: 0, percent: 0 });
});

test('restarts are counted from the deployment, or from the first sample', () => {
  const samples = seconds(3, (s) => ({ restarts: 4 + (s === 2 ? 1 : 0) }));
  expect([restartsGrown(samples, undefined), restartsGrown(samples, 3), restartsGrown([], undefined)]).toEqual([1, 2, 0]);
});
