import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkOutcomes } from '../../../src/catalog/gates.js';
import type { Evidence, Sample } from '../../../src/catalog/tools.js';
import { checked, configured, health, rollout, seconds } from '../recorded.js';

const soak = (soakMs: number) => configured({ stability: { soakMs } });
const soak20 = soak(20_000);
const policy = ' (20 s instead of 24 h, set by the policy)';
const breach = { metric: 'crash', value: 1, target: 0, firstSampleAt: 0 } as const;

test.each<[string, Evidence[], string]>([
  ['passed', [rollout(), health(seconds(21))], 'healthy for 20 s since the deployment, 20 s wanted'],
  ['inconclusive', [rollout(), health(seconds(13))], 'healthy for 12 s since the deployment, 20 s wanted: 8 s to go; keep watching'],
  [
    'failed',
    [rollout(), health(seconds(13, (s) => ({ restarts: s < 6 ? 0 : 1 })))],
    'healthy for 11 s since the deployment, 20 s wanted, but it restarted 1 time; correct the candidate',
  ],
  [
    'failed',
    [rollout(), health(seconds(13, (s) => ({ healthy: s !== 6 })))],
    'healthy for 10 s since the deployment, 20 s wanted, but 1 of 13 health checks got no good answer; correct the candidate',
  ],
  ['inconclusive', [], 'no health check was recorded; check the health of the live candidate'],
  [
    'inconclusive',
    [rollout({ startedAt: 0, durationMs: 50_000 }), health(seconds(30))],
    'the newest health check is older than the deployment; check the health again',
  ],
  ['inconclusive', [rollout(), health([], { untilAt: 9 })], 'no sample of the live candidate was recorded; see that monitoring runs'],
  ['inconclusive', [health(seconds(30))], 'no rollout was recorded, so no time has been observed since one; roll the candidate out'],
  [
    'inconclusive',
    [rollout({ outcome: 'inconclusive' }), health(seconds(30))],
    'the newest rollout did not complete (inconclusive); roll a candidate out that does',
  ],
  [
    'failed',
    [rollout({ outcome: 'rolled_back', breach }), health(seconds(30))],
    'the newest rollout did not complete (rolled_back); roll a candidate out that does',
  ],
  [
    'inconclusive',
    [rollout({ slot: 'blue' }), health(seconds(30))],
    'the health check looked at the green slot, and the candidate is in blue; check the health of the candidate',
  ],
])('stability_period is %s (case %#) and names the policy', (outcome, evidence, reason) => {
  expect(checked('stability_period', evidence, { config: soak20 })).toMatchObject({ outcome, reason: `${reason}${policy}` });
});

test('a period of 24 h needs no policy to be named', () => {
  expect(checked('stability_period', [rollout(), health(seconds(2))])).toMatchObject({
    target: '>= 24 h',
    value: 1_000,
    margin: 1_000 - 86_400_000,
    reason: 'healthy for 1 s since the deployment, 24 h wanted: 23 h 59 min 59 s to go; keep watching',
  });
});

test('time before the rollout completed does not count', () => {
  const evidence = [rollout({ startedAt: 0, durationMs: 10_500 }), health(seconds(21))];
  expect(checked('stability_period', evidence, { config: soak20 })).toMatchObject({ outcome: 'inconclusive', value: 9_500 });
});

test('a rollout in production says nothing about staging', () => {
  const evidence = [rollout(), rollout({ environment: 'production', outcome: 'rolled_back' }, { at: 2_000 }), health(seconds(21))];
  expect(checked('stability_period', evidence, { config: soak20 }).outcome).toBe('passed');
});

test.each<[string, Sample[], string, RegExp]>([
  ['passed', seconds(5), '', /5 of 5 health checks answered \(100 %\), at least 99\.95 % wanted$/],
  ['inconclusive', seconds(4), '', /4 of 4 health checks answered, at least 5 are needed/],
  ['inconclusive', seconds(20, (s) => ({ healthy: s < 4 ? true : null })), '', /4 of 4/],
  ['failed', seconds(100, (s) => ({ healthy: s > 0 })), '', /99 of 100 health checks answered \(99 %\)/],
  ['passed', seconds(2_000, (s) => ({ healthy: s > 0 })), '', /99\.95 %/],
  ['failed', seconds(20), 'service', /shop did not answer/],
  ['warning', seconds(20), 'dependency', /a dependency did not answer: bank/],
  ['inconclusive', [], '', /no sample/],
])('health_checks is %s (case %#)', (outcome, samples, down, reason) => {
  const one = { healthy: false, url: '', detail: '' };
  const data = {
    ...(down === 'service' ? { services: [{ ...one, name: 'shop' }] } : {}),
    ...(down === 'dependency' ? { dependencies: [{ ...one, name: 'bank' }] } : {}),
  };
  const found = checked('health_checks', [health(samples, data)]);
  expect(found.outcome).toBe(outcome);
  expect(found.reason).toMatch(reason);
});

const alert = { name: 'error_rate', since: 1, detail: '4 % where 2 % is allowed' };

test.each<[string, Evidence[], RegExp]>([
  ['passed', [health(seconds(3, () => ({ restarts: 2 })))], /0 alerts and 0 restarts/],
  ['failed', [health(seconds(3), { alerts: [alert] })], /1 alert and 0 restarts .*error_rate \(4 % where 2 % is allowed\)/],
  ['failed', [health(seconds(3, (s) => ({ restarts: s })))], /0 alerts and 2 restarts/],
  ['failed', [rollout({ samples: seconds(1) }), health(seconds(3, () => ({ restarts: 1 })))], /1 restart since/],
  ['inconclusive', [health([])], /no sample/],
  ['inconclusive', [], /no health check was recorded/],
])('monitoring_alerts is %s (case %#)', (outcome, evidence, reason) => {
  const found = checked('monitoring_alerts', evidence);
  expect(found.outcome).toBe(outcome);
  expect(found.reason).toMatch(reason);
});

test.each<[string, number, number]>([
  ['passed', 0, 0],
  ['failed', 1, 0],
  ['passed', 3, 3],
  ['failed', 4, 3],
])('error_logs is %s with %i lines where %i are allowed', (outcome, lines, maxErrorLogLines) => {
  const evidence = [health(seconds(10, (s) => ({ errorLogLines: s < lines ? 1 : 0 })))];
  expect(checked('error_logs', evidence, { config: configured({ gates: { maxErrorLogLines } }) })).toMatchObject({
    outcome,
    value: lines,
    margin: maxErrorLogLines - lines,
  });
});

test('error_logs without samples is inconclusive', () => {
  expect(checked('error_logs', [health([])]).outcome).toBe('inconclusive');
});

test.each<[string, number, (second: number) => Partial<Sample>, RegExp]>([
  ['passed', 20, () => ({}), /falls by 0 B per minute, at most 64 MiB wanted/],
  ['failed', 20, (s) => ({ memoryBytes: 80e6 + 2e6 * s }), /rises by 114\.4 MiB per minute, at most 64 MiB wanted/],
  ['inconclusive', 12, () => ({}), /12 samples of memory; a dozen or more over 15 s or longer are needed/],
  ['inconclusive', 20, () => ({ memoryBytes: null }), /0 samples of memory/],
])('memory_growth is %s (case %#)', (outcome, count, change, reason) => {
  const found = checked('memory_growth', [health(seconds(count, change))]);
  expect(found.outcome).toBe(outcome);
  expect(found.reason).toMatch(reason);
});

test('samples of the other slot and of production count for nothing', () => {
  const samples = [
    ...seconds(10),
    ...seconds(10, () => ({ slot: 'blue', errorLogLines: 1 })),
    ...seconds(10, () => ({ environment: 'production', errorLogLines: 1 })),
  ];
  expect(checked('error_logs', [health(samples)])).toMatchObject({ outcome: 'passed', value: 0 });
});

test('harm to one sample never improves any check of stability', () => {
  const harms: Partial<Sample>[] = [{ healthy: false }, { errorLogLines: 5 }, { restarts: 1 }];
  const checks = ['stability_period', 'health_checks', 'monitoring_alerts', 'error_logs'] as const;
  fc.assert(
    fc.property(
      fc.constantFrom(...checks),
      fc.constantFrom(...harms),
      fc.integer({ min: 1, max: 40 }),
      fc.nat(40),
      (check, harm, count, at) => {
        const rank = (change: (second: number) => Partial<Sample>) =>
          checkOutcomes.indexOf(checked(check, [rollout(), health(seconds(count, change))], { config: soak20 }).outcome);
        return (
          rank((second) => (second >= at ? harm : {})) >= rank(() => ({})) &&
          rank((second) => (second === at ? harm : {})) >= rank(() => ({}))
        );
      },
    ),
  );
});
