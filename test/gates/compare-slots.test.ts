import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Sample } from '../../src/catalog/measurements.js';
import { compareSlots } from '../../src/gates/compare-slots.js';

const rules = { background: false, errorRateIncrease: 0.01, confidence: 0.95, maxHoldMs: 0 };
const sample = (at: number, requests: number, errors: number, mirrored?: Sample['mirrored']): Sample => ({
  at,
  environment: 'staging',
  slot: 'green',
  version: 'v2',
  requests,
  errors,
  latencyAverageMs: 1,
  latencyP95Ms: 1,
  cpuCores: null,
  memoryBytes: null,
  healthy: true,
  restarts: 0,
  errorLogLines: 0,
  ...(mirrored && { mirrored }),
});
const series = (count: number, requests: number, errors: number): Sample[] =>
  Array.from({ length: count }, (_, at) => sample(at, requests, errors));

test.each([
  ['passed', 'a candidate that fails as rarely as the stable version, seen long enough', series(120, 20, 0), series(120, 180, 0)],
  ['failed', 'a candidate that fails every second request', series(3, 20, 10), series(3, 180, 0)],
  ['passed', 'a candidate as bad as a bad stable version, seen long enough', series(2_000, 50, 5), series(2_000, 50, 5)],
  ['inconclusive', 'a candidate without a single error, seen briefly', series(3, 20, 0), series(3, 180, 0)],
  ['inconclusive', 'a candidate with fewer requests than a first look takes', series(3, 5, 5), series(3, 180, 0)],
  ['inconclusive', 'a candidate that nothing can be compared with', series(60, 20, 0), series(60, 0, 0)],
  ['inconclusive', 'a candidate that nobody asked', series(60, 0, 0), series(60, 200, 0)],
  ['inconclusive', 'no samples at all', [], []],
])('%s: %s', (outcome, _, candidate, stable) => {
  expect(compareSlots({ candidate, stable }, rules).outcome).toBe(outcome);
});

test('a verdict says what was seen, what is allowed, and what is missing', () => {
  expect(compareSlots({ candidate: series(3, 20, 10), stable: series(3, 180, 0) }, rules).reason).toMatch(
    /^10 of 20 requests of the candidate failed and 0 of 180 requests of the stable version: at least \d+ % more, where 1 % more are allowed$/,
  );
  expect(compareSlots({ candidate: series(3, 20, 0), stable: series(3, 180, 0) }, rules).reason).toMatch(
    /: between -[\d.]+ % and [\d.]+ % more, where 1 % more are allowed; about \d+ more requests would decide it$/,
  );
});

test('copies count as requests of the candidate', () => {
  const mirrored = { requests: 20, errors: 10, latencyAverageMs: 1, latencyP95Ms: 1 };
  const candidate = [0, 1, 2].map((at) => sample(at, 0, 0, mirrored));
  expect(compareSlots({ candidate, stable: series(3, 180, 0) }, rules).outcome).toBe('failed');
});

test('a look that failed stays failed, however well it goes afterwards', () => {
  const good = series(500, 50, 0).map((one) => ({ ...one, at: one.at + 10 }));
  expect(compareSlots({ candidate: [...series(3, 20, 10), ...good], stable: series(510, 180, 0) }, rules).outcome).toBe('failed');
});

test('the order of harm holds: with more errors of the candidate it never gets better', () => {
  const rank = { passed: 0, inconclusive: 1, failed: 2 };
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 80 }), fc.nat(60), fc.nat(60), fc.nat(10), (count, some, more, stable) => {
      const outcomeOf = (errors: number) =>
        rank[compareSlots({ candidate: series(count, 60, errors), stable: series(count, 60, stable) }, rules).outcome];
      expect(outcomeOf(Math.max(some, more))).toBeGreaterThanOrEqual(outcomeOf(Math.min(some, more)));
    }),
  );
});

test('of 400 candidates that are as good as the stable version, asked at every sample, at most 5 percent fail', () => {
  let state = 1;
  const random = () => ((state = (state * 48_271) % 2_147_483_647) - 1) / 2_147_483_646;
  const errorsOf = (requests: number) => Array.from({ length: requests }, random).filter((one) => one < 0.05).length;
  const runs = Array.from({ length: 400 }, () => {
    const candidate = Array.from({ length: 60 }, (_, at) => sample(at, 10, errorsOf(10)));
    const stable = Array.from({ length: 60 }, (_, at) => sample(at, 10, errorsOf(10)));
    return compareSlots({ candidate, stable }, { ...rules, errorRateIncrease: 0 }).outcome;
  });
  expect(runs.filter((outcome) => outcome === 'failed').length).toBeLessThanOrEqual(20);
});
