import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EnvironmentName, Sample } from '../../src/catalog/tools.js';
import { openSimulatedPorts, VirtualClock, type FaultInput, type WorldSettings } from '../../src/scenario/public.js';
import { seeded } from '../../src/scenario/seeded.js';
import { simulatedConfig } from '../support/simulated-release.js';

const hour = 3_600_000;
const stable = { version: 'v1', digest: 'sha256:stable', path: '' };
const candidate = { version: 'v2', digest: 'sha256:candidate', path: '' };

/** Staging with the candidate in the green slot at full weight, and the samples of `hours` hours. */
const watched = async ({
  hours = 1,
  faults = [],
  settings = {},
}: { hours?: number; faults?: FaultInput[]; settings?: Partial<WorldSettings> } = {}) => {
  const clock = new VirtualClock();
  const ports = openSimulatedPorts({ config: simulatedConfig(), faults, settings, clock });
  await ports.deployment.provision('staging', stable);
  await ports.deployment.deployIdle('staging', candidate);
  await ports.deployment.setWeight('staging', 100);
  const from = clock.now();
  await clock.sleep(hours * hour);
  const samples = (environment: EnvironmentName = 'staging') => ports.monitoring.samples(environment, 'green', from, clock.now());
  return { ports, clock, from, samples: await samples(), again: samples };
};
const mean = (samples: readonly Sample[], of: (sample: Sample) => number) =>
  samples.reduce((sum, one) => sum + of(one), 0) / samples.length;

test('48 hours of samples have the figures of the dashboard: requests, errors, latency with a tail, memory', async () => {
  const { samples } = await watched({ hours: 48 });
  expect(samples).toHaveLength(48 * 60);
  expect(mean(samples, (one) => one.requests) / 60).toBeCloseTo(1_250, -2);
  expect(Math.max(...samples.map((one) => one.requests)) / 60).toBeCloseTo(1_450, -2);
  expect(mean(samples, (one) => one.errors / one.requests)).toBeCloseTo(0.0005, 4);
  expect(mean(samples, (one) => one.latencyAverageMs ?? 0)).toBeCloseTo(145, -1);
  expect(mean(samples, (one) => (one.latencyP95Ms ?? 0) / (one.latencyAverageMs ?? 1))).toBeCloseTo(2, 0);
  expect(new Set(samples.map((one) => one.latencyAverageMs)).size).toBeGreaterThan(2_000);
  expect(samples.every((one) => one.healthy === true && one.restarts === 0)).toBe(true);
});

test('the same seed is the same world, another seed is another', async () => {
  const [one, same, other] = [await watched(), await watched(), await watched({ settings: { seed: 2 } })];
  expect(same.samples).toEqual(one.samples);
  expect(other.samples).not.toEqual(one.samples);
});

test('what was seen stays as it was, whatever happens later', async () => {
  const { ports, samples, again } = await watched();
  await ports.deployment.setWeight('staging', 0);
  await ports.deployment.retireIdle('staging', 0);
  expect(await again()).toEqual(samples);
});

const acting: { fault: FaultInput; shows: (samples: readonly Sample[]) => boolean }[] = [
  { fault: { kind: 'error_rate', value: 0.04 }, shows: (samples) => samples.every((one) => one.errors / one.requests > 0.03) },
  { fault: { kind: 'latency', value: 900 }, shows: (samples) => samples.every((one) => (one.latencyAverageMs ?? 0) > 800) },
  { fault: { kind: 'crash' }, shows: (samples) => samples.every((one) => one.healthy === false && one.memoryBytes === null) },
  { fault: { kind: 'no_traffic' }, shows: (samples) => samples.every((one) => one.requests === 0 && one.latencyAverageMs === null) },
  { fault: { kind: 'monitoring_down' }, shows: (samples) => samples.length === 0 },
  {
    fault: { kind: 'memory_leak', value: 1024 ** 3 },
    shows: (samples) => (samples.at(-1)?.memoryBytes ?? 0) - (samples[0]?.memoryBytes ?? 0) > 50 * 1024 ** 3,
  },
  {
    fault: { kind: 'failed_health_checks', everyS: 120, forS: 60 },
    shows: (samples) => samples.filter((one) => !one.healthy).length === 30,
  },
];

test.each(acting)('$fault.kind shows in the samples of a candidate with traffic, and not in a healthy world', async ({ fault, shows }) => {
  expect(shows((await watched({ faults: [fault] })).samples)).toBe(true);
  expect(shows((await watched()).samples)).toBe(false);
});

test('a fault that is anchored to a routine waits for it, and then for its seconds', async () => {
  const fault: FaultInput = { kind: 'error_rate', value: 0.5, at: 'health-check-routine', afterS: 600 };
  const { ports, clock, from } = await watched({ faults: [fault] });
  ports.begins('health-check-routine');
  const begun = clock.now();
  await clock.sleep(hour);
  const samples = await ports.monitoring.samples('staging', 'green', from, clock.now());
  const bad = samples.filter((one) => one.errors / one.requests > 0.1);
  expect(bad[0]?.at).toBe(begun + 600_000);
  expect(bad.at(-1)?.at).toBe(clock.now());
});

test.each([
  ['feature-development-routine', 2, 'conflict'],
  ['environment-setup-routine', 2, 'conflict'],
  ['staging-deployment-routine', 2, 'integrated'],
  ['staging-deployment-routine', 1, 'conflict'],
] as const)('a fault anchored to %s finds attempt %s %s', async (at, attempt, status) => {
  const ports = openSimulatedPorts({ config: simulatedConfig(), faults: [{ kind: 'merge_conflict', at }] });
  ports.begins(at);
  const plan = { releaseId: 'r', attempt, version: 'v2', features: ['a', 'b'] };
  expect((await ports.source.integrate(plan)).status).toBe(status);
});

test('a fix is on the branch of the feature that had the fault, and on no other', async () => {
  const faults: FaultInput[] = [{ kind: 'red_test', feature: 'b', untilAttempt: 1 }];
  const { source } = openSimulatedPorts({ config: simulatedConfig(), faults });
  const { features } = await source.integrate({ releaseId: 'r', attempt: 1, version: 'v2', features: ['a', 'b'] });
  const heads = await source.heads('v2', ['a', 'b']);
  expect(features.map(({ feature, commit }) => [feature, commit === heads[feature]])).toEqual([
    ['a', true],
    ['b', false],
  ]);
});

test('a fault of the promotion acts in production', async () => {
  const fault: FaultInput = { kind: 'error_rate', value: 0.5, at: 'production-promotion-routine' };
  const { ports, samples, clock } = await watched({ faults: [fault] });
  ports.begins('production-promotion-routine');
  await ports.deployment.provision('production', stable);
  await ports.deployment.deployIdle('production', candidate);
  await ports.deployment.setWeight('production', 50);
  const from = clock.now();
  await clock.sleep(600_000);
  const production = await ports.monitoring.samples('production', 'green', from, clock.now());
  expect(mean(production, (one) => one.errors / one.requests)).toBeCloseTo(0.5, 1);
  expect(mean(samples, (one) => one.errors / one.requests)).toBeLessThan(0.01);
});

test('draws depend on the seed and the key alone, and keep their laws', () => {
  fc.assert(
    fc.property(fc.nat(), fc.string(), fc.nat(5_000), fc.double({ min: 0, max: 1, noNaN: true }), (seed, key, trials, probability) => {
      const { uniform, binomial } = seeded(seed);
      expect(seeded(seed).uniform(key)).toBe(uniform(key));
      expect(uniform(key)).toBeGreaterThanOrEqual(0);
      expect(uniform(key)).toBeLessThan(1);
      const drawn = binomial(key, trials, probability);
      expect(Number.isInteger(drawn) && drawn >= 0 && drawn <= trials).toBe(true);
    }),
  );
  const draws = Array.from({ length: 4_000 }, (_, index) => seeded(7).normal(`draw/${index}`));
  const average = draws.reduce((sum, one) => sum + one, 0) / draws.length;
  expect(average).toBeCloseTo(0, 1);
  expect(draws.reduce((sum, one) => sum + (one - average) ** 2, 0) / draws.length).toBeCloseTo(1, 1);
});
