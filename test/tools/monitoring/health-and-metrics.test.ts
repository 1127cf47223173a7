import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { configSchema } from '../../../src/catalog/config.js';
import { openSampleStore } from '../../../src/tools/monitoring/sample-store.js';
import { openLocalMonitoring } from '../../../src/tools/monitoring/open-local-monitoring.js';
import { clock, localEnvironment, until } from '../deployment/local/fixtures/local-environment.js';
import { observation, ok, openObserved, serve } from './fixtures/observed.js';

const service = { name: 'shop', start: { command: ['x'] } };

test('health asks the service through its proxy and every dependency', async () => {
  const asked: string[] = [];
  const proxyUrl = await serve((request, response) => {
    asked.push(request.url ?? '');
    response.end('ok');
  });
  const sick = await serve((_, response) => void response.writeHead(503).end());
  const moved = await serve((_, response) => void response.writeHead(302, { location: proxyUrl }).end());
  const dependencies = [
    { name: 'database', health: `${sick}/ready` },
    { name: 'search', health: moved },
    { name: 'mail', health: 'http://127.0.0.1:1/' },
  ];
  const { monitoring } = openObserved(() => [], { proxyUrl, config: { dependencies, service: { ...service, health: '/live' } } });
  const health = await monitoring.health('staging');
  expect(asked).toEqual(['/live']);
  expect(health.services).toEqual([
    { name: 'shop', healthy: true, url: `${proxyUrl}/live`, detail: expect.stringMatching(/^answered 200 in \d+ ms$/) as string },
  ]);
  expect(health.dependencies.map(({ name, healthy }) => [name, healthy])).toEqual([
    ['database', false],
    ['search', false],
    ['mail', false],
  ]);
  expect(health.dependencies[2]?.detail).toContain('ECONNREFUSED');
});

test('a dependency that hangs is unhealthy after three seconds', async () => {
  const hanging = await serve(() => undefined);
  const { monitoring } = openObserved(() => [], { config: { dependencies: [{ name: 'slow', health: hanging }] } });
  expect(await monitoring.health('staging')).toMatchObject({
    services: [{ healthy: false, detail: 'its environment does not run' }],
    dependencies: [{ healthy: false, detail: 'no answer within 3000 ms' }],
  });
});

test('watching lists targets and rules', async () => {
  const { monitoring } = openObserved(() => [], {
    proxyUrl: 'http://127.0.0.1:9',
    config: { service: { ...service, metrics: '/metrics' }, dependencies: [{ name: 'db', health: 'http://127.0.0.1:8/' }] },
  });
  const { intervalMs, targets, rules } = await monitoring.watch('staging');
  expect(intervalMs).toBe(100);
  expect(targets).toEqual([
    'http://127.0.0.1:9',
    'staging/blue/healthz',
    'staging/blue/metrics',
    'staging/green/healthz',
    'staging/green/metrics',
    'http://127.0.0.1:8/',
  ]);
  expect(rules.map((rule) => rule.name)).toEqual(['crash', 'health', 'error_rate', 'latency_p95']);
});

test('metrics are scraped beside the samples, and a line that cannot be read is reported', async () => {
  let sent = 0;
  const url = await serve((request, response) => {
    if (request.url !== '/metrics') return void response.end('ok');
    sent += 1;
    response.end(
      `http_requests_total{code="200"} ${1_000 * sent}\nbroken line here\n# TYPE t histogram\nt_bucket{le="1"} 5\nt_bucket{le="+Inf"} 5\nnot NaN\n`,
    );
  });
  const { monitoring } = openObserved(() => [observation(url)], {
    proxyUrl: url,
    config: { service: { ...service, metrics: '/metrics' } },
  });
  await monitoring.watch('staging');
  await until(async () => (await monitoring.series('staging', 'green', 'http_requests_total', 0, Infinity)).length >= 3);
  const points = await monitoring.series('staging', 'green', 'http_requests_total', 0, Infinity);
  expect(points.slice(0, 3).map(({ labels, value }) => [labels, value])).toEqual(
    [1_000, 2_000, 3_000].map((value) => [{ code: '200' }, value]),
  );
  expect((await monitoring.series('staging', 'green', 't:quantile', 0, Infinity))[1]).toMatchObject({
    labels: { quantile: '0.95' },
    value: 0.95,
  });
  expect((await monitoring.series('staging', 'green', 'not', 0, Infinity))[0]?.value).toBeNaN();
  expect((await monitoring.health('staging')).services[0]?.detail).toMatch(/; \/metrics of green: line 2: /);
  expect((await monitoring.samples('staging', 'green', 0, Infinity)).every((sample) => sample.requests === 0)).toBe(true);
});

test('a second service is scraped at its own path, and its series stand apart from those of the first', async () => {
  const counting = (path: string, value: number) =>
    serve((request, response) => void response.end(request.url === path ? `orders_total ${value}\n` : 'ok'));
  const [own, beside] = [await counting('/metrics', 1), await counting('/numbers', 2)];
  const payments = { name: 'payments', stable: 'v1', start: { command: ['x'] }, metrics: '/numbers' };
  const { monitoring } = openObserved(() => [observation(own), observation(beside, { service: 'payments' })], {
    proxyUrl: own,
    config: { service: { ...service, metrics: '/metrics' }, services: [payments] },
  });
  expect((await monitoring.watch('staging')).targets).toContain('staging/green of payments/numbers');
  const valuesOf = async (of?: string) =>
    (await monitoring.series('staging', 'green', 'orders_total', 0, Infinity, of)).map(({ value }) => value);
  await until(async () => (await valuesOf()).length > 0 && (await valuesOf('payments')).length > 0);
  expect([new Set(await valuesOf()), new Set(await valuesOf('payments'))]).toEqual([new Set([1]), new Set([2])]);
});

test('metrics that cannot be had are named by health, and the samples go on', async () => {
  const url = await serve((request, response) => void response.writeHead(request.url === '/metrics' ? 500 : 200).end());
  const { monitoring } = openObserved(() => [observation(url)], {
    proxyUrl: url,
    config: { service: { ...service, metrics: '/metrics' } },
  });
  await monitoring.watch('staging');
  const [first] = await monitoring.next('staging', 0);
  await until(async () => (await monitoring.health('staging')).services[0]?.detail.includes('/metrics of green: answered 500') ?? false);
  expect(first?.healthy).toBe(true);
});

test('samples survive the process, and a newer format is refused', async () => {
  const url = await serve(ok);
  const { monitoring, stateDir } = openObserved(() => [observation(url)]);
  await monitoring.watch('staging');
  const [sample] = await monitoring.next('staging', 0);
  await monitoring.close();
  const store = openSampleStore(stateDir);
  expect(store.samples('staging', 'green', 0, Infinity)[0]).toEqual(sample);
  expect(store.samples('staging', 'green', sample?.at ?? 0, sample?.at ?? 0)).toEqual([]);
  expect(store.samples('staging', 'green', (sample?.at ?? 0) - 1, sample?.at ?? 0)).toEqual([sample]);
  store.close();
  const db = new Database(join(stateDir, 'samples.db'));
  expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
  db.pragma('user_version = 99');
  db.close();
  expect(() => openSampleStore(stateDir)).toThrow(expect.objectContaining({ code: 'STORE_NEWER' }) as Error);
});

test('scraped points are forgotten after two hours, samples are not', () => {
  const { stateDir } = openObserved(() => []);
  const store = openSampleStore(stateDir);
  const scrapeAt = (at: number) =>
    store.addScrape({ environment: 'staging', place: 'green', at, series: [{ name: 'n', labels: {}, value: at, at: null }], problems: [] });
  scrapeAt(1);
  scrapeAt(7_200_001);
  expect(store.points({ environment: 'staging', place: 'green' }, 'n', 0, Infinity).map((point) => point.at)).toEqual([1, 7_200_001]);
  scrapeAt(7_200_002);
  expect(store.points({ environment: 'staging', place: 'green' }, 'n', 0, Infinity).map((point) => point.at)).toEqual([
    7_200_001, 7_200_002,
  ]);
  store.close();
  expect(existsSync(join(stateDir, 'samples.db'))).toBe(true);
});

test('a real environment is sampled: its requests, its resources, and its crash', async () => {
  const place = await localEnvironment();
  const deployment = place.open();
  const { proxyUrl } = await deployment.provision('staging', await place.artifact('v1.0.0'));
  const config = configSchema.parse({ service, approvers: ['ada'], rollout: { sampleMs: 100 } });
  const monitoring = openLocalMonitoring({ config, stateDir: place.stateDir, clock, deployment });
  await monitoring.watch('staging');
  const [first] = await monitoring.next('staging', 0);
  const slot = first?.slot ?? 'blue';
  for (let sent = 0; sent < 20; sent += 1) await (await fetch(`${proxyUrl}/${sent < 5 ? 'boom' : ''}`)).text();
  await (await fetch(`${proxyUrl}/log`)).text();
  const samples = () => monitoring.samples('staging', slot, 0, Infinity);
  const sum = async (key: 'requests' | 'errors' | 'errorLogLines') => (await samples()).reduce((total, sample) => total + sample[key], 0);
  await until(async () => (await sum('requests')) >= 21 && (await sum('errorLogLines')) >= 2);
  expect([await sum('requests'), await sum('errors'), await sum('errorLogLines')]).toEqual([21, 5, 2]);
  expect((await samples()).some((sample) => (sample.memoryBytes ?? 0) > 1e6 && sample.healthy === true)).toBe(true);
  await fetch(`${proxyUrl}/crash`).then((answer) => answer.text());
  await until(async () => (await samples()).at(-1)?.restarts === 1 && (await samples()).at(-1)?.healthy === true);
  await monitoring.close();
});
