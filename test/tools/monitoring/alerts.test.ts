import { expect, test } from 'vitest';
import { configSchema } from '../../../src/catalog/config.js';
import type { Sample } from '../../../src/catalog/tools.js';
import { alertRules, firing } from '../../../src/tools/monitoring/alerts.js';

const { breach: rules } = configSchema.parse({ service: { name: 'shop', start: { command: ['x'] } }, approvers: ['ada'] }).rollout;

const samples = (...changes: Partial<Sample>[]): Sample[] =>
  changes.map((change, index) => ({
    at: 1_000 * (index + 1),
    environment: 'staging',
    slot: 'green',
    version: 'v1.0.0',
    requests: 20,
    errors: 0,
    latencyAverageMs: 5,
    latencyP95Ms: 9,
    cpuCores: 0.1,
    memoryBytes: 1e6,
    healthy: true,
    restarts: 0,
    errorLogLines: 0,
    ...change,
  }));

test('nothing fires while all is well, whatever restarted before', () => {
  expect(firing(samples({ restarts: 3 }, { restarts: 3 }), rules)).toEqual([]);
  expect(firing([], rules)).toEqual([]);
});

test('each rule fires by itself, since the sample that broke it', () => {
  const cases: [string, Sample[], number][] = [
    ['crash', samples({}, {}, { restarts: 1 }), 3_000],
    ['health', samples({}, { healthy: false }, { healthy: false }), 3_000],
    ['error_rate', samples({}, { errors: 1 }, { errors: 20 }), 2_000],
    ['latency_p95', samples({}, { latencyP95Ms: 5_000 }), 2_000],
  ];
  for (const [name, given, since] of cases)
    expect(firing(given, rules), name).toEqual([{ name, since, detail: expect.any(String) as string }]);
});

test('rules that are broken at once all fire', () => {
  const bad = { restarts: 1, healthy: false, errors: 20, latencyP95Ms: 9_000 };
  const fired = firing(samples({}, bad, bad), rules);
  expect(fired.map(({ name }) => name)).toEqual(['crash', 'health', 'error_rate', 'latency_p95']);
  expect(fired[2]?.detail).toBe('50 % of its requests failed where 2 % is allowed');
});

test('the armed rules say the thresholds of the configuration', () => {
  expect(alertRules({ ...rules, errorRate: 0.07, failedHealthChecks: 4 })).toEqual([
    { name: 'crash', condition: 'the process ended or restarted' },
    { name: 'health', condition: '4 failed health checks in a row' },
    { name: 'error_rate', condition: 'error rate > 0.07 over the last 5 samples with at least 10 requests' },
    { name: 'latency_p95', condition: 'p95 latency > 1000 ms over the last 5 samples with at least 10 requests' },
  ]);
});
