import fc from 'fast-check';
import { expect, test } from 'vitest';
import { configSchema } from '../../src/catalog/config.js';
import type { Sample } from '../../src/catalog/tools.js';
import { findBreach } from '../../src/gates/breach.js';
import { sample, seconds } from './recorded.js';

const rules = configSchema.shape.rollout.parse({}).breach;

test('good samples are no breach', () => {
  expect(findBreach(seconds(50), rules)).toBeNull();
  expect(findBreach([], rules)).toBeNull();
});

test.each<[string, Sample[], object]>([
  ['a restart', seconds(5, (s) => ({ restarts: s < 3 ? 7 : 8 })), { metric: 'crash', value: 1, target: 0, firstSampleAt: 3_000 }],
  [
    'a process that is gone',
    seconds(5, (s) => (s < 2 ? {} : { healthy: false, memoryBytes: null, cpuCores: null })),
    { metric: 'crash', value: 1, firstSampleAt: 2_000 },
  ],
  [
    'two failed health checks in a row',
    seconds(6, (s) => ({ healthy: s < 3 })),
    { metric: 'health', value: 2, target: 2, firstSampleAt: 4_000 },
  ],
  [
    'failed health checks with one between that did not ask',
    seconds(6, (s) => ({ healthy: s < 2 ? true : s === 3 ? null : false })),
    { metric: 'health', firstSampleAt: 4_000 },
  ],
  [
    'errors in a window',
    seconds(6, (s) => ({ errors: s < 4 ? 0 : 3 })),
    { metric: 'error_rate', value: 6 / 250, target: 0.02, firstSampleAt: 5_000 },
  ],
  [
    'a high p95',
    seconds(6, (s) => ({ latencyP95Ms: s < 2 ? 40 : 2_500 })),
    { metric: 'latency_p95', value: 1_270, target: 1_000, firstSampleAt: 3_000 },
  ],
])('%s is a breach from the sample that made it one', (_, samples, breach) => {
  expect(findBreach(samples, rules)).toMatchObject(breach);
});

test.each<[string, Sample[]]>([
  ['restarts from before the first sample', seconds(5, () => ({ restarts: 3 }))],
  ['one failed health check', seconds(5, (s) => ({ healthy: s !== 2 }))],
  ['every other health check failed', seconds(6, (s) => ({ healthy: s % 2 === 0 }))],
  ['resources that nobody can read, while it answers', seconds(5, (s) => (s < 2 ? {} : { memoryBytes: null, cpuCores: null }))],
  ['an error rate at the limit', seconds(5, () => ({ errors: 1 }))],
  ['errors on too few requests', seconds(5, () => ({ requests: 1, errors: 1 }))],
  ['no traffic', seconds(20, () => ({ requests: 0, latencyAverageMs: null, latencyP95Ms: null }))],
  ['a slow answer among many fast ones', [sample({ requests: 500 }), sample({ at: 1_000, requests: 1, latencyP95Ms: 9_000 })]],
  ['errors that lie outside of the window together', seconds(20, (s) => ({ errors: s % 10 === 9 ? 4 : 0 }))],
])('%s: no breach', (_, samples) => {
  expect(findBreach(samples, rules)).toBeNull();
});

test('a crash is named before what follows from it', () => {
  expect(
    findBreach(
      seconds(3, (s) => ({ restarts: s === 2 ? 1 : 0, errors: s === 2 ? 50 : 0 })),
      rules,
    )?.metric,
  ).toBe('crash');
});

const anySample = fc.record({
  requests: fc.nat(60),
  errorShare: fc.double({ min: 0, max: 1, noNaN: true }),
  latencyP95Ms: fc.option(fc.nat(3_000)),
  healthy: fc.constantFrom(true, true, true, false, null),
});
const anySamples = fc
  .array(anySample, { maxLength: 30 })
  .map((rows): Sample[] =>
    rows.map(({ errorShare, ...row }, second) =>
      sample({ at: second * 1_000, ...row, errors: Math.floor(row.requests * errorShare * errorShare * 0.1) }),
    ),
  );

test('a breach stays the same whatever follows', () => {
  fc.assert(
    fc.property(anySamples, fc.nat(30), (samples, count) => {
      const early = findBreach(samples.slice(0, count), rules);
      if (early !== null) expect(findBreach(samples, rules)).toEqual(early);
    }),
  );
});

test('more errors never take a breach away or delay it', () => {
  fc.assert(
    fc.property(anySamples, fc.nat(30), (samples, at) => {
      const worse = samples.map((one, index) => (index === at ? { ...one, errors: one.requests } : one));
      const [before, after] = [findBreach(samples, rules), findBreach(worse, rules)];
      if (before !== null) expect(after?.firstSampleAt).toBeLessThanOrEqual(before.firstSampleAt);
    }),
  );
});

test('a day of healthy samples is no breach', () => {
  expect(findBreach(seconds(86_400), rules)).toBeNull();
});
