import { expect, test } from 'vitest';
import type { Sample } from '../../../src/catalog/tools.js';
import type { MonitoringPort } from '../../../src/tools/ports.js';
import { clock, until } from '../deployment/local/fixtures/local-environment.js';
import { observation, ok, openObserved, serve } from './fixtures/observed.js';

const all = (monitoring: MonitoringPort): Promise<Sample[]> => monitoring.samples('staging', 'green', 0, Infinity);

test('a sample holds what happened since the last one', async () => {
  const url = await serve(ok);
  const books = observation(url, {
    errorLogLines: 4,
    restarts: 1,
    counters: { requests: 100, errors: 10, latency: { averageMs: null, p95Ms: null } },
  });
  const { monitoring } = openObserved(() => [structuredClone(books)]);
  await monitoring.watch('staging');
  const [first] = await monitoring.next('staging', 0);
  expect(first).toMatchObject({
    environment: 'staging',
    slot: 'green',
    version: 'v1.0.0',
    requests: 0,
    errors: 0,
    errorLogLines: 0,
    restarts: 1,
    healthy: true,
    cpuCores: 0.5,
    memoryBytes: 1_000,
  });
  Object.assign(books, { errorLogLines: 6, restarts: 2, counters: { requests: 130, errors: 13, latency: { averageMs: 4, p95Ms: 9 } } });
  await until(async () => (await all(monitoring)).some((sample) => sample.requests > 0));
  const busy = (await all(monitoring)).filter((sample) => sample.requests > 0);
  expect(busy).toEqual([
    expect.objectContaining({ requests: 30, errors: 3, errorLogLines: 2, restarts: 2, latencyAverageMs: 4, latencyP95Ms: 9 }),
  ]);
});

test('a slot that is filled anew begins its own count of error lines', async () => {
  const url = await serve(ok);
  let books = observation(url, { errorLogLines: 5 });
  const { monitoring } = openObserved(() => [books]);
  await monitoring.watch('staging');
  await monitoring.next('staging', 0);
  books = observation(url, { version: 'v2.0.0', errorLogLines: 7 });
  await until(async () => (await all(monitoring)).some((sample) => sample.version === 'v2.0.0'));
  expect((await all(monitoring)).filter((sample) => sample.errorLogLines > 0)).toEqual([
    expect.objectContaining({ version: 'v2.0.0', errorLogLines: 7 }),
  ]);
});

test('samples are taken on a grid, and watching twice changes nothing', async () => {
  const url = await serve(ok);
  const { monitoring } = openObserved(() => [observation(url)]);
  await Promise.all([monitoring.watch('staging'), monitoring.watch('staging')]);
  await monitoring.watch('staging');
  await until(async () => (await all(monitoring)).length >= 10);
  const times = (await all(monitoring)).map((sample) => sample.at);
  const off = times.map((at) => Math.abs(at - (times[0] ?? 0) - 100 * Math.round((at - (times[0] ?? 0)) / 100)));
  expect(Math.max(...off.slice(0, 10))).toBeLessThan(40);
  expect(new Set(times).size).toBe(times.length);
});

test('a slow health path does not hold the samples up, and its answer still counts', async () => {
  let asked = 0;
  const url = await serve((_, response) => {
    asked += 1;
    setTimeout(() => response.writeHead(503).end(), 450);
  });
  const { monitoring } = openObserved(() => [observation(url)]);
  await monitoring.watch('staging');
  await until(async () => (await all(monitoring)).some((sample) => sample.healthy === false));
  const taken = await all(monitoring);
  expect(taken.length).toBeGreaterThanOrEqual(4);
  expect(taken.slice(0, 3).map((sample) => sample.healthy)).toEqual([null, null, null]);
  expect(asked).toBeLessThanOrEqual(2);
});

test('a health path that hangs is unhealthy after its bound', async () => {
  const url = await serve(() => undefined);
  const { monitoring } = openObserved(() => [observation(url)]);
  const startedAt = Date.now();
  await monitoring.watch('staging');
  await until(async () => (await all(monitoring)).some((sample) => sample.healthy === false));
  expect(Date.now() - startedAt).toBeGreaterThan(1_900);
  expect(Date.now() - startedAt).toBeLessThan(3_000);
});

test('a slot without a process is unhealthy', async () => {
  const { monitoring } = openObserved(() => [observation(null)], { resourcesOf: () => Promise.resolve(null) });
  await monitoring.watch('staging');
  expect(await monitoring.next('staging', 0)).toMatchObject([{ healthy: false, cpuCores: null, memoryBytes: null }]);
});

test('an environment that cannot be looked at gives samples that know nothing, and health says why', async () => {
  const url = await serve(ok);
  let broken = false;
  const { monitoring } = openObserved(
    () => {
      if (broken) throw new Error('the proxy is gone');
      return [observation(url, { restarts: 2 })];
    },
    { proxyUrl: url },
  );
  await monitoring.watch('staging');
  await monitoring.next('staging', 0);
  broken = true;
  await until(async () => (await all(monitoring)).at(-1)?.healthy === null);
  expect((await all(monitoring)).at(-1)).toMatchObject({
    slot: 'green',
    version: 'v1.0.0',
    requests: 0,
    healthy: null,
    cpuCores: null,
    memoryBytes: null,
    latencyP95Ms: null,
    restarts: 2,
  });
  expect((await monitoring.health('staging')).services[0]?.detail).toContain('observation: the proxy is gone');
  broken = false;
  await until(async () => (await all(monitoring)).at(-1)?.healthy === true);
  expect((await monitoring.health('staging')).services[0]?.detail).not.toContain('observation');
});

test('resources that cannot be read are unknown, and the rest of the sample stays', async () => {
  const url = await serve(ok);
  const { monitoring } = openObserved(() => [observation(url)], {
    resourcesOf: () => Promise.reject(new Error('no process table')),
    proxyUrl: url,
  });
  await monitoring.watch('staging');
  expect(await monitoring.next('staging', 0)).toMatchObject([{ healthy: true, cpuCores: null, memoryBytes: null }]);
  expect((await monitoring.health('staging')).services[0]?.detail).toContain('resources of green: no process table');
});

test('next waits for samples newer than asked, and gives nothing once it is called off', async () => {
  const url = await serve(ok);
  const { monitoring } = openObserved(() => [observation(url), observation(url, { slot: 'blue' })]);
  const pending = monitoring.next('staging', 0);
  await monitoring.watch('staging');
  const first = await pending;
  expect(first.map((sample) => sample.slot)).toEqual(['green', 'blue']);
  const second = await monitoring.next('staging', first[0]?.at ?? 0);
  expect(second[0]?.at).toBeGreaterThan(first[0]?.at ?? 0);
  const off = new AbortController();
  const never = monitoring.next('staging', Date.now() + 60_000, off.signal);
  off.abort();
  expect(await never).toEqual([]);
  const left = monitoring.next('staging', Date.now() + 60_000);
  await monitoring.close();
  expect(await left).toEqual([]);
});

test('after close nothing is sampled any more', async () => {
  let looks = 0;
  const url = await serve(ok);
  const { monitoring } = openObserved(() => {
    looks += 1;
    return [observation(url)];
  });
  await monitoring.watch('staging');
  await monitoring.next('staging', 0);
  await monitoring.close();
  await monitoring.close();
  const seen = looks;
  await clock.sleep(250);
  expect(looks).toBe(seen);
});
