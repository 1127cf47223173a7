import { expect, test } from 'vitest';
import { openTesting, serve, serveBytes } from '../fixtures/local-testing.js';

const noResources = () => Promise.resolve(null);
const load = (connections: number, durationMs: number, paths = ['/']) => ({ load: { connections, durationMs, paths } });

test('each answer is measured to fractions of a millisecond', async () => {
  const paths = new Map<string, number>();
  const url = await serve((request, response) => {
    paths.set(request.url ?? '', (paths.get(request.url ?? '') ?? 0) + 1);
    response.end('ok');
  });
  const result = await (await openTesting(load(4, 1_000, ['/a', '/b?c=1']))).runLoad(url, noResources);
  expect(result).toMatchObject({ status: 'completed', url, paths: ['/a', '/b?c=1'], connections: 4, errorRate: 0, resources: null });
  expect(result.requests).toBeGreaterThan(100);
  expect(paths.get('/a')).toBeGreaterThan(50);
  expect(paths.get('/b?c=1')).toBeGreaterThan(50);
  expect(result.throughputRps).toBeCloseTo(result.requests / (result.durationMs / 1_000), 6);
  expect(result.durationMs).toBeGreaterThan(900);
  expect(result.distribution.at(-1)?.[1]).toBe(result.requests);
  expect(result.latencyMs.p50).not.toBe(Math.round(result.latencyMs.p50));
  expect(result.latencyMs.p50).toBeLessThanOrEqual(result.latencyMs.p95);
});

test('a delay of the server is what is measured', async () => {
  const url = await serve((_, response) => void setTimeout(() => response.end('ok'), 50));
  const { latencyMs } = await (await openTesting(load(2, 1_000))).runLoad(url, noResources);
  expect(latencyMs.average).toBeGreaterThan(49);
  expect(latencyMs.average).toBeLessThan(90);
});

test('answers of 5xx and 4xx count as errors', async () => {
  let asked = 0;
  const url = await serve((_, response) => response.writeHead([200, 500, 404, 200][asked++ % 4] ?? 200).end());
  const result = await (await openTesting(load(2, 500))).runLoad(url, noResources);
  expect(result.status).toBe('completed');
  expect(result.errorRate).toBeCloseTo(0.5, 1);
  expect(result.errors).toMatchObject({ connection: 0, timeout: 0 });
});

test('a connection that is ended without an answer is an error', async () => {
  let asked = 0;
  const url = await serve((request, response) => {
    asked += 1;
    if (asked % 10 === 0) request.socket.end();
    else response.end('ok');
  });
  const result = await (await openTesting(load(2, 500))).runLoad(url, noResources);
  expect(result.errors.connection).toBeGreaterThan(0);
  expect(result.errorRate).toBeCloseTo(0.1, 1);
});

test('a connection that is reset is an error', async () => {
  let asked = 0;
  const url = await serve((request, response) => {
    asked += 1;
    if (asked % 10 === 0) request.socket.resetAndDestroy();
    else response.end('ok');
  });
  const { errors } = await (await openTesting(load(2, 500))).runLoad(url, noResources);
  expect(errors.connection).toBeGreaterThan(0);
});

test('a server that closes after each answer as announced makes no error, and its latency stays its own', async () => {
  const url = await serve((_, response) => response.writeHead(200, { connection: 'close' }).end('ok'));
  const result = await (await openTesting(load(2, 1_000))).runLoad(url, noResources);
  expect(result).toMatchObject({ status: 'completed', errors: { connection: 0, timeout: 0, status: 0 } });
  expect(result.requests).toBeGreaterThan(50);
  expect(result.latencyMs.p50).toBeLessThan(20);
});

test('requests that are never answered are timeouts', async () => {
  let asked = 0;
  const url = await serve((_, response) => {
    asked += 1;
    if (asked <= 2) response.end('ok');
  });
  const result = await (await openTesting(load(2, 1_600))).runLoad(url, noResources);
  expect(result.errors.timeout).toBeGreaterThanOrEqual(2);
  expect(result.errors.connection).toBe(0);
});

test.each([
  ['nobody listens', async () => 'http://127.0.0.1:1', /ECONNREFUSED/],
  ['the server hangs up on the first request', () => serveBytes((socket) => socket.end()), /socket hang up/],
])('a load is errored when %s', async (_, open, why) => {
  const result = await (await openTesting(load(2, 500))).runLoad(await open(), noResources);
  expect(result).toMatchObject({ status: 'errored', requests: 0, errorRate: 0, resources: null });
  expect(result.reason).toMatch(why);
});

test('a load whose every request fails after the first look is errored', async () => {
  let asked = 0;
  const url = await serve((request, response) => {
    asked += 1;
    if (asked === 1) response.end('ok');
    else request.socket.resetAndDestroy();
  });
  const result = await (await openTesting(load(2, 500))).runLoad(url, noResources);
  expect(result).toMatchObject({ status: 'errored', requests: 0, errorRate: 1 });
  expect(result.reason).toMatch(/no request was answered/);
});

test('the largest resources seen are kept, and a failed reading hides none', async () => {
  const url = await serve((_, response) => response.end('ok'));
  const readings = [{ cpuCores: 1, memoryBytes: 300 }, null, { cpuCores: 0.5, memoryBytes: 500 }];
  let asked = 0;
  const result = await (
    await openTesting(load(1, 2_300))
  ).runLoad(url, async () => {
    const reading = readings[asked++];
    if (reading === null) throw new Error('no reading');
    return reading ?? null;
  });
  expect(asked).toBe(3);
  expect(result.resources).toEqual({ cpuCores: 1, memoryBytes: 500 });
});

test('without declared paths the critical ones are asked, and without those the health path', async () => {
  const url = await serve((_, response) => response.end('ok'));
  const own = { load: { connections: 1, durationMs: 100 } };
  expect((await (await openTesting({ ...own, criticalUserPaths: ['/cart'] })).runLoad(url, noResources)).paths).toEqual(['/cart']);
  expect((await (await openTesting(own)).runLoad(url, noResources)).paths).toEqual(['/healthz']);
});
