import fc from 'fast-check';
import { expect, test } from 'vitest';
import { configSchema } from '../../src/catalog/config.js';
import type { Evidence, Sample } from '../../src/catalog/tools.js';
import { findBreach } from '../../src/gates/breach.js';
import { evaluateGate } from '../../src/gates/evaluate-gate.js';
import { lookAtEachService } from '../../src/gates/look-at-each-service.js';
import { leastServed } from '../../src/gates/least-served.js';
import { configured, health, load, rollout, seconds, suiteRun } from './recorded.js';

const { breach: rules, analysis } = configSchema.shape.rollout.parse({});
const of = (service: string, samples: Sample[]): Sample[] => samples.map((sample) => ({ ...sample, service }));
const mixed = (...all: Sample[][]): Sample[] => all.flat().sort((a, b) => a.at - b.at);

test('the failures of one service are not thinned by the traffic of another', () => {
  const busy = seconds(6, () => ({ requests: 10_000 }));
  const bad = of(
    'payments',
    seconds(6, (second) => ({ requests: 10, errors: second < 3 ? 0 : 10 })),
  );
  expect(findBreach(mixed(busy, bad), rules)).toEqual({
    ...{ metric: 'error_rate', value: 0.25, target: 0.02, firstSampleAt: 3_000, service: 'payments' },
  });
  expect(findBreach(mixed(busy, of('payments', seconds(6))), rules)).toBeNull();
});

test('restarts and failed health checks of two services are not one row', () => {
  const one = seconds(6, (second) => ({ restarts: 2, healthy: second !== 3 }));
  const other = of(
    'payments',
    seconds(6, (second) => ({ restarts: 7, healthy: second !== 4 })),
  );
  expect(findBreach(mixed(one, other), rules)).toBeNull();
});

test('a rollout has seen as many requests as the service that got the fewest, and none of one that is silent', () => {
  const counts = fc.array(fc.nat(50), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(counts, counts, fc.nat(10_000), (one, other, sinceAt) => {
      const samples = mixed(
        seconds(one.length, (second) => ({ requests: one[second] ?? 0 })),
        of(
          'payments',
          seconds(other.length, (second) => ({ requests: other[second] ?? 0 })),
        ),
      );
      const sum = (all: number[]) => all.filter((_, second) => second * 1_000 > sinceAt).reduce((total, count) => total + count, 0);
      expect(leastServed(samples, [undefined, 'payments'], sinceAt)).toBe(Math.min(sum(one), sum(other)));
      expect(leastServed(samples, [undefined], sinceAt)).toBe(sum(one));
      expect(leastServed(samples, [undefined, 'payments', 'search'], sinceAt)).toBe(0);
    }),
  );
});

const canaries = {
  passed: seconds(8, () => ({ requests: 5_000, errors: 0 })),
  inconclusive: seconds(8, () => ({ requests: 1, errors: 0 })),
  failed: seconds(8, () => ({ requests: 5_000, errors: 500 })),
};

test.each([
  ['passed', 'passed', 'passed', /^(?!payments)/],
  ['passed', 'inconclusive', 'inconclusive', /^payments: /],
  ['inconclusive', 'failed', 'failed', /^payments: /],
  ['failed', 'passed', 'failed', /^(?!payments)/],
] as const)('services of which one is %s and the other %s are %s together', (own, its, outcome, reason) => {
  const slots = {
    candidate: mixed(canaries[own], of('payments', canaries[its])),
    stable: mixed(canaries.passed, of('payments', canaries.passed)),
  };
  const step = { sinceAt: 0, pauseMs: 4_000, endMs: 8_000 };
  const { each, analysis: together } = lookAtEachService(new Map(), slots, step, { ...analysis, latencyIncrease: null });
  expect([...each.keys()]).toEqual([undefined, 'payments']);
  expect(together).toMatchObject({ outcome, reason: expect.stringMatching(reason) as string });
});

const config = configured({ suites: [{ name: 'api', kind: 'api', command: ['x'] }], stability: { soakMs: 20_000 } });
const its = configured({ suites: [{ name: 'pay', kind: 'api', command: ['x'] }], stability: { soakMs: 20_000 } });
const ofPayments = (evidence: Evidence): Evidence => ({ ...evidence, args: { service: 'payments' } }) as Evidence; // the tools of this test take it
const moved = { services: [{ service: 'payments', version: 'v9', digest: 'sha256:p', previousVersion: 'v8' }] };
const judged = (gate: 'performance' | 'functional' | 'stability', check: string, evidence: readonly Evidence[], policy = its) => {
  const about = { config, evidence, attempt: 1, at: 9, stage: 'readiness' as const, approval: null };
  const found = evaluateGate(gate, { ...about, services: [{ service: 'payments', config: policy }] }).checks.find(
    (one) => one.check === check,
  );
  return [found?.outcome, found?.reason];
};

test('a check of two services is as bad as the worse, by the evidence of each', () => {
  const good = [load(), ofPayments(load())];
  const slow = [load(), ofPayments(load({ latencyMs: { average: 900, p50: 900, p95: 900, p99: 900, max: 900 } }))];
  expect(judged('performance', 'response_time', good)).toEqual(['passed', expect.stringMatching(/; payments passed$/)]);
  expect(judged('performance', 'response_time', slow)).toEqual([
    'failed',
    expect.stringMatching(/^payments: .+; the first service passed$/),
  ]);
  expect(judged('performance', 'response_time', slow.toReversed())[0]).toBe('failed');
});

test('a service of which nothing was measured keeps the gate shut, unless its owner does without', () => {
  expect(judged('performance', 'throughput', [load()])[0]).toBe('inconclusive');
  const off = { ...its, gates: { ...its.gates, off: { throughput: 'a handful of calls an hour' } } };
  expect(judged('performance', 'throughput', [load()], off)).toEqual(['passed', expect.stringMatching(/; payments off$/)]);
});

test('a suite speaks of its own service alone', () => {
  const [own, other] = [suiteRun({ suite: 'api', kind: 'api' }), suiteRun({ suite: 'pay', kind: 'api' })];
  expect(judged('functional', 'api_tests', [own, other])[0]).toBe('passed');
  expect(judged('functional', 'api_tests', [own])[0]).toBe('inconclusive');
  const red = suiteRun({ suite: 'pay', kind: 'api', passed: 2, failed: 18 });
  expect(judged('functional', 'api_tests', [own, red])).toEqual(['failed', expect.stringMatching(/^payments: /)]);
});

test('healthy time counts for each of two services, and one without a sample is inconclusive', () => {
  const ill = of(
    'payments',
    seconds(30, (second) => ({ healthy: second < 5 })),
  );
  const well = of('payments', seconds(30));
  expect(judged('stability', 'stability_period', [rollout(moved), health(mixed(seconds(30), well))])[0]).toBe('passed');
  expect(judged('stability', 'health_checks', [rollout(moved), health(mixed(seconds(30), ill))])[0]).toBe('failed');
  expect(judged('stability', 'stability_period', [rollout(moved), health(seconds(30))])).toEqual([
    'inconclusive',
    expect.stringMatching(/^payments: no sample/),
  ]);
});
