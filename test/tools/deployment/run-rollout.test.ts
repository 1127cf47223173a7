import { expect, test } from 'vitest';
import { bodyOf, clock, until } from './local/fixtures/local-environment.js';
import { readyToRoll } from './local/fixtures/rollout.js';

test('a good candidate takes its steps on real processes, and no visitor is lost', async () => {
  const { roll, changes, proxyUrl, deployment } = await readyToRoll();
  const record = await roll();
  expect(record).toMatchObject({ outcome: 'completed', previousVersion: 'v1', breach: null, restoreMs: null, traffic: { dropped: 0 } });
  expect(record.trigger).toBeUndefined();
  expect(changes.map((change) => change.weight)).toEqual([50, 100, 100]);
  expect(await bodyOf(proxyUrl)).toBe('v2');
  expect((await deployment.status('staging')).slots.map((slot) => slot.version)).toEqual(['v1', 'v2']);
});

test.each([
  ['error_rate', 'fails-after-40'],
  ['performance', 'slows-after-40'],
  ['health', 'sickens-after-40'],
  ['health or error_rate', 'crashes-after-40'], // whichever of the two a sample tells first
])('a trigger of %s sends all traffic back: %s', async (kinds, manner) => {
  const { roll, changes, proxyUrl } = await readyToRoll({
    manners: [manner],
    rollout: { steps: [{ weightPercent: 50, pauseMs: 20_000 }], breach: { latencyP95Ms: 300, windowSamples: 2, minRequests: 5 } },
  });
  const record = await roll();
  expect(record).toMatchObject({ outcome: 'rolled_back', trigger: { by: 'watcher' }, traffic: { dropped: 0 } });
  expect(kinds.split(' or ')).toContain(record.trigger?.kind);
  expect(record.trigger?.at).toBe(record.breach?.firstSampleAt);
  expect(record.restoreMs).toBe((changes.at(-1)?.at ?? 0) - (record.breach?.firstSampleAt ?? 0));
  expect(changes.map((change) => change.weight)).toEqual([50, 0]);
  expect(await bodyOf(proxyUrl)).toBe('v1');
});

test('a candidate that begins to fail is sent back within two samples of the first that shows it', async () => {
  const { roll } = await readyToRoll({ manners: ['fails-after-40'], rollout: { steps: [{ weightPercent: 20, pauseMs: 20_000 }] } });
  const { samples, outcome } = await roll();
  expect(outcome).toBe('rolled_back');
  const first = samples.findIndex((sample) => sample.errors > 0);
  expect(samples.slice(first).length).toBeLessThanOrEqual(2);
});

test.each([
  ['a person', { kind: 'person' as const, by: 'grace', release: 'r1' }],
  ['an alert', { kind: 'alert' as const, by: 'CheckoutFailures', release: null }],
])('%s sends all traffic back while the rollout is on', async (_, who) => {
  const { roll, interventions, changes, proxyUrl } = await readyToRoll({ rollout: { steps: [{ weightPercent: 50, pauseMs: 20_000 }] } });
  const rolling = roll();
  await until(() => changes.length > 0);
  const at = clock.now();
  await interventions.ask({ ...who, at, environment: null, reason: 'orders are missing' });
  const record = await rolling;
  expect(record).toMatchObject({
    outcome: 'rolled_back',
    reason: `${who.by}: orders are missing`,
    trigger: { kind: who.kind, by: who.by, at },
    breach: null,
  });
  expect(record.restoreMs).toBe((changes.at(-1)?.at ?? 0) - at);
  expect(await bodyOf(proxyUrl)).toBe('v1');
});

test('a word about another release, another environment, or an alert from before, changes nothing', async () => {
  const { roll, interventions } = await readyToRoll();
  const word = { kind: 'person' as const, by: 'grace', at: clock.now(), reason: 'no', environment: null, release: null };
  await interventions.ask({ ...word, release: 'r2' });
  await interventions.ask({ ...word, environment: 'production', at: clock.now() + 60_000 });
  await interventions.ask({ ...word, kind: 'alert', at: clock.now() - 60_000 });
  expect((await roll()).outcome).toBe('completed');
});

test('a person who said no before the rollout began keeps it from beginning', async () => {
  const { roll, interventions, changes } = await readyToRoll();
  const word = { kind: 'person' as const, by: 'grace', at: clock.now() - 60_000, reason: 'not today', environment: null };
  await interventions.ask({ ...word, release: 'r1' });
  expect(await roll()).toMatchObject({ outcome: 'rolled_back', reason: 'grace: not today' });
  expect(changes.at(-1)?.weight).toBe(0);
});

test('a mirroring step judges the candidate by its copies, and no visitor meets it', async () => {
  const { roll, changes, deployment } = await readyToRoll({
    manners: ['fails-after-10'],
    rollout: { steps: [{ weightPercent: 0, mirrorPercent: 50, pauseMs: 20_000 }] },
  });
  const record = await roll();
  expect(record).toMatchObject({ outcome: 'rolled_back', trigger: { kind: 'error_rate' }, traffic: { dropped: 0, candidateErrors: 0 } });
  expect(record.samples.some((sample) => (sample.mirrored?.errors ?? 0) > 0 && sample.requests === 0)).toBe(true);
  expect(changes.map((change) => change.weight)).toEqual([0, 0]);
  expect((await deployment.counters('staging')).errorsBySlot).toEqual({ blue: 0, green: 0 });
});

test('a good candidate passes its mirroring step and goes on', async () => {
  const { roll, changes } = await readyToRoll({
    rollout: { steps: [{ weightPercent: 0, mirrorPercent: 50, pauseMs: 400 }], minRequests: 5 },
  });
  expect((await roll()).outcome).toBe('completed');
  expect(changes.map((change) => change.weight)).toEqual([0, 100, 100]);
});

test('a step goes on once its analysis passes, and the record says by how much', async () => {
  const { roll } = await readyToRoll({
    ratePerSecond: 400,
    rollout: { steps: [{ weightPercent: 50, pauseMs: 400, analysis: true }], analysis: { errorRateIncrease: 0.2, maxHoldMs: 10_000 } },
  });
  const record = await roll();
  expect(record.outcome).toBe('completed');
  expect(record.analysis).toMatchObject({
    outcome: expect.stringMatching(/^(passed|warning)$/) as string,
    reason: expect.stringMatching(/^error_rate: .* within the tolerated \+20 percentage points.*; latency: /) as string,
    verdict: { metrics: [{ metric: 'error_rate' }, { metric: 'latency', power: { wanted: 0.8 } }] },
  });
});

test('in the background, a candidate that fails more than the stable version is sent back though no breach rule sees it', async () => {
  const { roll } = await readyToRoll({
    manners: ['fails-after-0'],
    ratePerSecond: 200,
    rollout: { steps: [{ weightPercent: 50, pauseMs: 20_000 }], analysis: { background: true }, breach: { errorRate: 1 } },
  });
  expect(await roll()).toMatchObject({
    outcome: 'rolled_back',
    breach: null,
    trigger: { kind: 'analysis' },
    analysis: { outcome: 'failed' },
  });
});

test('in a freeze nothing begins, and the record says who, why and until when', async () => {
  const { roll, changes } = await readyToRoll({
    rollout: { freeze: [{ by: 'grace', reason: 'sale', until: '2999-01-01T00:00:00Z', environments: ['staging'] }] },
  });
  expect(await roll()).toMatchObject({ outcome: 'refused', reason: 'frozen by grace: sale (until 2999-01-01T00:00:00Z)' });
  expect(changes).toEqual([]);
});

test('a freeze of production lets staging go on', async () => {
  const { roll } = await readyToRoll({ rollout: { freeze: [{ by: 'grace', reason: 'sale', environments: ['production'] }] } });
  expect((await roll()).outcome).toBe('completed');
});

test('the old version stands by until its delay is over, and then ends', async () => {
  const { roll, deployment } = await readyToRoll({ rollout: { rollbackWindowMs: 0, scaleDownDelayMs: 400 } });
  await roll();
  const old = async () => (await deployment.status('staging')).slots[0]?.state;
  expect(await old()).toBe('healthy');
  await until(async () => (await old()) === 'empty');
});

test('an old version that was gone back to is not ended when its delay is over', async () => {
  const { roll, deployment, proxyUrl } = await readyToRoll({ rollout: { rollbackWindowMs: 0, scaleDownDelayMs: 300 } });
  await roll();
  await deployment.switchActive('staging');
  await clock.sleep(600);
  expect((await deployment.status('staging')).slots.map((slot) => slot.state)).toEqual(['healthy', 'healthy']);
  expect(await bodyOf(proxyUrl)).toBe('v1');
});

test('an old version that stands by for another candidate by then is not ended', async () => {
  const { roll, deployment, artifact } = await readyToRoll({ rollout: { rollbackWindowMs: 0, scaleDownDelayMs: 1_500 } });
  await roll();
  await deployment.switchActive('staging');
  await deployment.deployIdle('staging', await artifact('v3'));
  await deployment.switchActive('staging');
  await clock.sleep(2_000);
  expect((await deployment.status('staging')).slots).toMatchObject([
    { version: 'v1', state: 'healthy' },
    { version: 'v3', state: 'healthy' },
  ]);
});

test('too few requests send the traffic back without a trigger: nothing was wrong with the candidate', async () => {
  const { roll } = await readyToRoll({ ratePerSecond: 20, rollout: { steps: [{ weightPercent: 5, pauseMs: 500 }], minRequests: 50 } });
  const record = await roll();
  expect(record).toMatchObject({ outcome: 'inconclusive', restoreMs: null });
  expect(record.trigger).toBeUndefined();
});

test('an instrument that breaks leaves no traffic with the candidate', async () => {
  const { roll, monitoring, changes, deployment } = await readyToRoll({ rollout: { steps: [{ weightPercent: 50, pauseMs: 20_000 }] } });
  const rolling = roll();
  await until(() => changes.length > 0);
  await monitoring.close();
  await expect(rolling).rejects.toThrow();
  expect((await deployment.status('staging')).candidateWeightPercent).toBe(0);
});
