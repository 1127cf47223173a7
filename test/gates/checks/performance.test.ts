import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StagingConfigInput } from '../../../src/catalog/config.js';
import { checkOutcomes, type CheckName } from '../../../src/catalog/gates.js';
import { checked, configured, load } from '../recorded.js';

const GiB = 1024 ** 3;
const latencyMs = { average: 145, p50: 140, p95: 180, p99: 190, max: 500 };
type Targets = NonNullable<StagingConfigInput['performanceTargets']>;
const none: Targets = {};

test.each([
  ['response_time', 'passed', load(), none, /average 145 ms over 12500 requests, less than 200 ms wanted$/],
  ['response_time', 'failed', load({ latencyMs: { ...latencyMs, average: 200 } }), none, /make it faster/],
  ['response_time', 'warning', load({ latencyMs: { ...latencyMs, p95: 280, p99: 450 } }), none, /p95 280 ms and p99 450 ms above it/],
  ['response_time', 'warning', load({ latencyMs: { ...latencyMs, p95: 280, p99: 450 } }), { p95Ms: 300 }, /; p99 450 ms above it/],
  ['response_time', 'passed', load({ latencyMs: { ...latencyMs, p95: 280, p99: 450 } }), { p95Ms: 280, p99Ms: 450 }, /wanted$/],
  [
    'response_time',
    'failed',
    load({ latencyMs: { ...latencyMs, p95: 280, p99: 450 } }),
    { p95Ms: 279 },
    /p95 280 ms, at most 279 ms wanted/,
  ],
  ['response_time', 'failed', load({ latencyMs: { ...latencyMs, p99: 450 } }), { p99Ms: 400 }, /p99 450 ms, at most 400 ms wanted/],
  ['response_time', 'inconclusive', load({ requests: 60 }), none, /60 requests of at least 100: 40 are missing/],
  ['response_time', 'errored', load({ status: 'errored', reason: 'refused' }), none, /load test broke: refused/],
  ['response_time', 'inconclusive', load({ status: 'not_configured' }), none, /gates\.off\.response_time/],
  ['response_time', 'inconclusive', null, none, /no load test was recorded/],
  ['throughput', 'passed', load(), none, /1250 requests per second, more than 1000 wanted/],
  ['throughput', 'failed', load({ throughputRps: 1_000 }), none, /0 more per second/],
  ['throughput', 'inconclusive', load({ requests: 99 }), none, /1 are missing/],
  ['throughput', 'errored', load({ status: 'errored' }), none, /broke/],
  ['throughput', 'inconclusive', null, none, /no load test was recorded/],
  ['error_rate', 'passed', load(), none, /0\.05 % of 12500 requests failed, less than 0\.1 % wanted/],
  ['error_rate', 'failed', load({ errorRate: 0.001 }), none, /0\.1 % of/],
  ['error_rate', 'failed', load({ errorRate: 1e-7 }), { errorRate: 0 }, /0\.00001 % .*none wanted/],
  ['error_rate', 'passed', load({ errorRate: 0 }), { errorRate: 0 }, /none wanted$/],
  ['error_rate', 'inconclusive', load({ requests: 0 }), none, /100 are missing/],
  ['error_rate', 'errored', load({ status: 'errored' }), none, /broke/],
  ['error_rate', 'failed', load({ restarts: 1 }), none, /ended by itself 1 time/],
  ['error_rate', 'failed', load({ status: 'errored', restarts: 2 }), none, /ended by itself 2 times/],
  ['error_rate', 'inconclusive', null, none, /no load test was recorded/],
  [
    'resource_utilization',
    'passed',
    load({ resources: { cpuCores: 6, memoryBytes: 18 * GiB } }),
    none,
    /6 of 6 CPU cores and 18 GiB of 18 GiB/,
  ],
  ['resource_utilization', 'failed', load({ resources: { cpuCores: 6.1, memoryBytes: GiB } }), none, /raise limits\.quota/],
  ['resource_utilization', 'failed', load({ resources: { cpuCores: 1, memoryBytes: 19 * GiB } }), none, /19 GiB of 18 GiB/],
  ['resource_utilization', 'inconclusive', load({ resources: null }), none, /could not be read/],
  ['resource_utilization', 'errored', load({ status: 'errored' }), none, /broke/],
  ['resource_utilization', 'inconclusive', null, none, /no load test was recorded/],
] as const)('%s is %s (case %#)', (check, outcome, evidence, performanceTargets, reason) => {
  const found = checked(check, evidence === null ? [] : [evidence], { config: configured({ performanceTargets }) });
  expect(found.outcome).toBe(outcome);
  expect(found.reason).toMatch(reason);
  expect(found.evidence).toEqual(evidence === null ? [] : [evidence.digest]);
});

test.each([
  ['response_time', none, { value: 145, target: '< 200 ms', margin: 55, unit: 'ms' }],
  ['response_time', { p95Ms: 170 }, { value: 145, target: '< 200 ms, p95 <= 170 ms', margin: -10, unit: 'ms' }],
  ['throughput', none, { value: 1_250, target: '> 1000 rps', margin: 250, unit: 'rps' }],
  ['error_rate', none, { value: 0.05, target: '< 0.1 %', margin: 0.05, unit: '%' }],
  ['error_rate', { errorRate: 0 }, { value: 0.05, target: '= 0 %', margin: -0.05, unit: '%' }],
  ['resource_utilization', none, { value: 50, target: '<= 100 % of 6 CPU cores and of 18 GiB', margin: 50, unit: '%' }],
] as const)('%s shows value, target and margin (case %#)', (check, performanceTargets, shown) => {
  expect(checked(check, [load()], { config: configured({ performanceTargets }) })).toMatchObject(shown);
});

const rank = (check: CheckName, data: Parameters<typeof load>[0], errorRate = 0.001) =>
  checkOutcomes.indexOf(checked(check, [load(data)], { config: configured({ performanceTargets: { errorRate } }) }).outcome);
const positive = fc.double({ min: 0, max: 1e6, noNaN: true });
const rate = fc.double({ min: 0, max: 1, noNaN: true });

test('a higher error rate never improves the outcome', () => {
  fc.assert(
    fc.property(rate, rate, rate, (a, b, target) => {
      expect(rank('error_rate', { errorRate: Math.max(a, b) }, target)).toBeGreaterThanOrEqual(
        rank('error_rate', { errorRate: Math.min(a, b) }, target),
      );
    }),
  );
});

test('a slower candidate is never judged better', () => {
  fc.assert(
    fc.property(positive, positive, positive, (average, p95, slower) => {
      const before = rank('response_time', { latencyMs: { ...latencyMs, average, p95 } });
      expect(rank('response_time', { latencyMs: { ...latencyMs, average: average + slower, p95: p95 + slower } })).toBeGreaterThanOrEqual(
        before,
      );
    }),
  );
});

test('less throughput is never judged better', () => {
  fc.assert(
    fc.property(positive, positive, (a, b) => {
      expect(rank('throughput', { throughputRps: Math.min(a, b) })).toBeGreaterThanOrEqual(
        rank('throughput', { throughputRps: Math.max(a, b) }),
      );
    }),
  );
});

test('the margin is negative exactly when a target is missed', () => {
  fc.assert(
    fc.property(positive, (average) => {
      const { outcome, margin } = checked('response_time', [load({ latencyMs: { ...latencyMs, average } })]);
      expect((margin ?? 0) > 0).toBe(outcome !== 'failed');
    }),
  );
});
