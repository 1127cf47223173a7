import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RolloutConfig } from '../../src/catalog/config.js';
import type { Sample } from '../../src/catalog/measurements.js';
import { rolloutSchema } from '../../src/catalog/rollout-config.js';
import { lookAtSlots, notLooked, type Looked } from '../../src/gates/judge-slots.js';

type Rules = RolloutConfig['analysis'];
const rules: Rules = rolloutSchema.parse({}).analysis;
const errorsOnly: Rules = { ...rules, latencyIncrease: null };
const secondMs = 1_000;
const sample = (second: number, requests: number, errors: number, latencyMs = 100 + (second % 7)): Sample => ({
  ...{ at: second * secondMs, environment: 'staging', slot: 'green', version: 'v2', requests, errors },
  latencyAverageMs: requests === 0 ? null : latencyMs,
  latencyP95Ms: requests === 0 ? null : latencyMs,
  ...{ cpuCores: null, memoryBytes: null, healthy: true, restarts: 0, errorLogLines: 0 },
});
const series = (count: number, requests: number, errors: number, latencyMs?: number): Sample[] =>
  Array.from({ length: count }, (_, at) => sample(at + 1, requests, errors, latencyMs === undefined ? undefined : latencyMs + (at % 7)));

/** Asked with every sample, as a rollout does. */
const looksAt = (candidate: readonly Sample[], stable: readonly Sample[], { of = rules, endMs = 600_000 } = {}): Looked[] => {
  const seen: Looked[] = [notLooked];
  for (const { at } of candidate) {
    const until = (all: readonly Sample[]) => all.filter((one) => one.at <= at);
    const slots = { candidate: until(candidate), stable: until(stable) };
    seen.push(lookAtSlots(seen.at(-1) ?? notLooked, slots, { sinceAt: 0, pauseMs: 60_000, endMs }, of));
  }
  return seen;
};
const judged = (...given: Parameters<typeof looksAt>) => (looksAt(...given).at(-1) ?? notLooked).analysis;

test.each([
  ['passed', 'a candidate as good and as fast as the stable version, seen long enough', series(600, 20, 0), series(600, 180, 0)],
  ['failed', 'a candidate that fails every second request', series(3, 20, 10), series(3, 180, 0)],
  ['passed', 'a candidate as bad as a bad stable version, seen long enough', series(600, 500, 50), series(600, 500, 50)],
  ['failed', 'a candidate without an error that takes twice as long', series(60, 20, 0, 200), series(60, 180, 0, 100)],
  ['inconclusive', 'a candidate without a single error, seen briefly', series(3, 20, 0), series(3, 180, 0)],
  ['inconclusive', 'a candidate with fewer requests than a first look takes', series(3, 5, 5), series(3, 180, 0)],
  ['inconclusive', 'a candidate that nothing can be compared with', series(60, 20, 0), series(60, 0, 0)],
  ['inconclusive', 'a candidate that nobody asked', series(60, 0, 0), series(60, 200, 0)],
  ['inconclusive', 'no samples at all', [], []],
])('%s: %s', (outcome, _, candidate, stable) => {
  expect(judged(candidate, stable).outcome).toBe(outcome);
});

test('a verdict names the metric, and carries rule, value, target, margin, baseline, sizes, power and what would change it', () => {
  const { reason, verdict } = judged(series(3, 20, 10), series(3, 180, 0));
  expect(reason).toMatch(
    /^error_rate: the change is \+50 percentage points on a baseline of 0 .* beyond the tolerated \+1 percentage points/,
  );
  const [errors, latency] = verdict?.metrics ?? [];
  expect(errors).toMatchObject({
    ...{ outcome: 'failed', value: 0.5, target: 0.01, baseline: { samples: 360 }, canary: { samples: 40 } },
    ...{ power: { wanted: 0.8, detect: 0.02 }, wouldChange: expect.stringMatching(/^a canary better by/) as string },
  });
  expect(errors?.margin).toBeCloseTo(-0.49, 10);
  expect(errors?.rule).toMatch(/^at most 0 % or 0.01, whichever is more higher than the baseline, from 30 samples a side; /);
  expect(latency).toMatchObject({ outcome: 'inconclusive', needed: { canary: 8 } });
});

test('what is missing is said in requests and in minutes, missing seconds of latency too', () => {
  const errors = judged(series(10, 20, 0), series(10, 180, 0), { of: errorsOnly });
  expect(errors.needed?.requests).toBeGreaterThan(100);
  expect(errors.reason).toMatch(/in all \d+ more requests of the candidate, about 2 minutes$/);
  const latency = judged(series(5, 500, 0), series(5, 500, 0), { of: { ...rules, errorRateIncrease: 0.5 } });
  expect(latency.needed).toEqual({ requests: 2_500, minutes: 1 });
});

test('copies count as requests of the candidate', () => {
  const mirrored = { requests: 20, errors: 10, latencyAverageMs: 1, latencyP95Ms: 1 };
  const candidate = [1, 2, 3].map((second) => ({ ...sample(second, 0, 0), mirrored }));
  expect(judged(candidate, series(3, 180, 0)).outcome).toBe('failed');
});

test('a look that failed stays failed, however well it goes afterwards', () => {
  const good = series(503, 50, 0).slice(3);
  expect(judged([...series(3, 20, 10), ...good], series(503, 180, 0)).outcome).toBe('failed');
});

test('it looks when requests have grown by half, when the pause is over, and at the end', () => {
  const { shares } = looksAt(series(100, 20, 0), series(100, 180, 0), { endMs: 100_000 }).at(-1) ?? notLooked;
  expect(shares).toEqual([0.02, 0.03, 0.05, 0.08, 0.12, 0.18, 0.27, 0.41, 0.6, 0.9, 1]);
});

test('the order of harm holds: with more errors of the candidate it never gets better', () => {
  const rank = { passed: 0, warning: 1, inconclusive: 2, errored: 2, failed: 3 };
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 80 }), fc.nat(60), fc.nat(60), fc.nat(10), (count, some, more, stable) => {
      const outcomeOf = (errors: number) => rank[judged(series(count, 60, errors), series(count, 60, stable), { of: errorsOnly }).outcome];
      expect(outcomeOf(Math.max(some, more))).toBeGreaterThanOrEqual(outcomeOf(Math.min(some, more)));
    }),
    { numRuns: 25 },
  );
});

test('of 100 candidates that are as good as the stable version, asked at every sample, at most 5 percent fail', () => {
  const random = mulberry(7);
  const errorsOf = (requests: number) => Array.from({ length: requests }, random).filter((one) => one < 0.05).length;
  const drawn = () => Array.from({ length: 60 }, (_, at) => sample(at + 1, 10, errorsOf(10), 100 * (1 + random())));
  const strict = { ...rules, errorRateIncrease: 0, latencyIncrease: 0, latencyIncreaseMs: 0 };
  const runs = Array.from({ length: 100 }, () => judged(drawn(), drawn(), { of: strict, endMs: 60_000 }).outcome);
  expect(runs.filter((outcome) => outcome === 'failed').length).toBeLessThanOrEqual(5);
});

/** Mulberry32 (T. Ettinger). */
const mulberry = (seed: number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
