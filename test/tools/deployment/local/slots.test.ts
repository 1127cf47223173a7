import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'vitest';
import type { Crash } from '../../../../src/tools/deployment/local/slot.js';
import { bodyOf, clock, isAlive, localEnvironment, until } from './fixtures/local-environment.js';

test.concurrent(
  'the first stable version serves from the blue slot with its data folder and its environment',
  async ({ expect, onTestFinished }) => {
    const { open, artifact, stateDir } = await localEnvironment(
      { start: { command: [process.execPath, 'service.mjs'], env: { GREETING: 'hello' } } },
      {},
      onTestFinished,
    );
    const deployment = open();
    const status = await deployment.provision('staging', await artifact('v1'));

    expect(status).toMatchObject({
      ready: true,
      activeSlot: 'blue',
      candidateWeightPercent: 0,
      services: [{ name: 'shop', healthy: true }],
    });
    expect(status.slots).toMatchObject([
      { slot: 'blue', state: 'healthy', version: 'v1', digest: 'sha256:v1', restarts: 0 },
      { slot: 'green', state: 'empty', version: null, url: null },
    ]);
    const seen: unknown = JSON.parse(await bodyOf(`${status.proxyUrl}/environment`));
    expect(seen).toMatchObject({ dataDir: join(stateDir, 'environments/staging/data'), greeting: 'hello', extra: 'yes' });
  },
);

test.concurrent('the digest that already runs in the idle slot is left running', async ({ expect, onTestFinished }) => {
  const { open, artifact } = await localEnvironment({}, {}, onTestFinished);
  const deployment = open();
  await deployment.provision('staging', await artifact('v1'));
  const candidate = await artifact('v2');
  const first = await deployment.deployIdle('staging', candidate);
  const pid = deployment.observe('staging')[1]?.pid;

  expect(first).toMatchObject({ slot: 'green', version: 'v2', healthy: true, detail: '' });
  expect(await deployment.deployIdle('staging', candidate)).toEqual(first);
  expect(deployment.observe('staging')[1]?.pid).toBe(pid);
});

test.concurrent(
  'a process that ends before it is healthy is an unhealthy preview that shows its last lines',
  async ({ expect, onTestFinished }) => {
    const { open, artifact } = await localEnvironment({}, {}, onTestFinished);
    const deployment = open();
    await deployment.provision('staging', await artifact('v1'));
    const startedAt = Date.now();
    const preview = await deployment.deployIdle('staging', await artifact('v2', 'dies'));

    expect(preview.healthy).toBe(false);
    expect(preview.detail).toContain('fatal: the database is missing');
    expect(Date.now() - startedAt).toBeLessThan(2_500); // not the whole readyMs
    expect((await deployment.status('staging')).slots[1]).toMatchObject({ state: 'unhealthy', version: 'v2' });
    await expect(deployment.switchActive('staging')).rejects.toMatchObject({ code: 'ADAPTER_FAILED' });
  },
);

test.concurrent('a process that never answers its health path is unhealthy after readyMs', async ({ expect, onTestFinished }) => {
  const { open, artifact } = await localEnvironment(
    { start: { command: [process.execPath, 'service.mjs', '{port}'], readyMs: 700 } },
    {},
    onTestFinished,
  );
  const deployment = open();
  await deployment.provision('staging', await artifact('v1'));
  const preview = await deployment.deployIdle('staging', await artifact('v2', 'late'));
  expect(preview).toMatchObject({ healthy: false, detail: expect.stringContaining('did not answer 2xx within 700 ms') as string });
});

test.concurrent('a stable version that does not start stops the provisioning with the log to read', async ({ expect, onTestFinished }) => {
  const { open, artifact, stateDir } = await localEnvironment({}, {}, onTestFinished);
  const deployment = open();
  await expect(deployment.provision('staging', await artifact('v1', 'dies'))).rejects.toMatchObject({
    code: 'ENVIRONMENT_NOT_READY',
    message: expect.stringContaining(join(stateDir, 'environments/staging/blue.log')) as string,
  });
  expect((await deployment.provision('staging', await artifact('v2'))).slots[0]).toMatchObject({ state: 'healthy', version: 'v2' });
});

test.concurrent(
  'a crashed candidate is started again with growing pauses, while the stable version takes its traffic',
  async ({ expect, onTestFinished }) => {
    const { open, artifact } = await localEnvironment({}, {}, onTestFinished);
    const deployment = open();
    const crashes: (Crash & { seenAt: number })[] = [];
    deployment.onCrash((crash) => crashes.push({ ...crash, seenAt: Date.now() }));
    const { proxyUrl } = await deployment.provision('staging', await artifact('v1'));
    const { url } = await deployment.deployIdle('staging', await artifact('v2'));
    await deployment.setWeight('staging', 100);
    const state = async () => (await deployment.status('staging')).slots[1]?.state;

    await fetch(`${url}/crash`).catch(() => undefined); // it dies instead of answering
    await until(async () => (await state()) === 'crashed');
    expect(await bodyOf(proxyUrl)).toBe('v1');
    await until(async () => (await state()) === 'healthy');
    expect(await bodyOf(proxyUrl)).toBe('v2');
    const healedAfterMs = Date.now() - (crashes[0]?.seenAt ?? 0);

    const again = (await deployment.status('staging')).slots[1];
    await fetch(`${again?.url}/crash`).catch(() => undefined);
    await until(async () => (await state()) === 'crashed');
    await clock.sleep(300);
    expect(await state()).toBe('crashed'); // the second pause is 400 ms
    await until(async () => (await state()) === 'healthy');

    expect(healedAfterMs).toBeGreaterThanOrEqual(190);
    expect(deployment.observe('staging')[1]?.restarts).toBe(2);
    expect(crashes).toMatchObject([
      { environment: 'staging', slot: 'green', version: 'v2', exitCode: 7 },
      { slot: 'green', exitCode: 7 },
    ]);
  },
);

test.concurrent(
  'a retired slot is drained first, its process is asked to end, and retiring it again does nothing',
  async ({ expect, onTestFinished }) => {
    const { open, artifact, stateDir } = await localEnvironment({}, {}, onTestFinished);
    const deployment = open();
    const { proxyUrl } = await deployment.provision('staging', await artifact('v1'));
    await deployment.deployIdle('staging', await artifact('v2'));
    const [blue] = deployment.observe('staging');
    const slow = bodyOf(`${proxyUrl}/slow?ms=500`);
    await clock.sleep(100);

    await deployment.switchActive('staging');
    await deployment.retireIdle('staging', 3_000);

    expect(await slow).toBe('v1');
    expect(await readFile(join(stateDir, 'environments/staging/data/ended'), 'utf8')).toBe('v1\n');
    expect(isAlive(blue?.pid ?? 0)).toBe(false);
    expect((await deployment.status('staging')).slots[0]).toMatchObject({ state: 'empty', version: null });
    await deployment.retireIdle('staging', 3_000);
  },
);

test.concurrent('a process that ignores SIGTERM is gone after the grace', { timeout: 15_000 }, async ({ expect, onTestFinished }) => {
  const { open, artifact } = await localEnvironment({}, {}, onTestFinished);
  const deployment = open();
  await deployment.provision('staging', await artifact('v1'));
  await deployment.deployIdle('staging', await artifact('v2', 'stubborn'));
  const pid = deployment.observe('staging')[1]?.pid ?? 0;
  await deployment.retireIdle('staging', 0);
  expect(isAlive(pid)).toBe(false);
});

test.concurrent(
  'a running process that stops answering its health path is unhealthy, and its weight goes to the stable version',
  { timeout: 15_000 },
  async ({ expect, onTestFinished }) => {
    const { open, artifact } = await localEnvironment({}, {}, onTestFinished);
    const deployment = open();
    const { proxyUrl } = await deployment.provision('staging', await artifact('v1'));
    const { url } = await deployment.deployIdle('staging', await artifact('v2'));
    await deployment.setWeight('staging', 100);
    await bodyOf(`${url}/moody`);

    await until(async () => (await deployment.status('staging')).slots[1]?.state === 'unhealthy');
    expect(await bodyOf(proxyUrl)).toBe('v1');
    await expect(deployment.switchActive('staging')).rejects.toMatchObject({ code: 'ADAPTER_FAILED' });
  },
);

test.concurrent(
  'logs are kept in memory and in a file with a header per start, and lines that look like errors are counted',
  async ({ expect, onTestFinished }) => {
    const { open, artifact, stateDir } = await localEnvironment({}, {}, onTestFinished);
    const deployment = open();
    const { proxyUrl } = await deployment.provision('staging', await artifact('v1'));
    await bodyOf(`${proxyUrl}/log`);

    await until(() => deployment.observe('staging')[0]?.errorLogLines === 2);
    expect(await deployment.logs('staging', 'blue', 3)).toEqual([
      expect.stringContaining('no error here'),
      expect.stringContaining('"one"'),
      'TypeError: two',
    ]);
    await deployment.close();
    const file = await readFile(join(stateDir, 'environments/staging/blue.log'), 'utf8');
    expect(file).toMatch(/^--- .* starting v1 \(sha256:v1\) on port \d+: /);
    expect(file).toContain('TypeError: two');
  },
);

test.concurrent(
  'a switch to an empty slot and a deployment to an environment that is not provisioned are refused',
  async ({ expect, onTestFinished }) => {
    const { open, artifact } = await localEnvironment({}, {}, onTestFinished);
    const deployment = open();
    await expect(deployment.deployIdle('staging', await artifact('v1'))).rejects.toMatchObject({ code: 'ADAPTER_FAILED' });
    await deployment.provision('staging', await artifact('v1'));
    await expect(deployment.switchActive('staging')).rejects.toMatchObject({ code: 'ADAPTER_FAILED' });
    await expect(deployment.setWeight('staging', 101)).rejects.toMatchObject({ code: 'DEFECT' });
    await expect(deployment.deployIdle('staging', { version: 'v9', digest: 'x', path: '/nowhere' })).rejects.toMatchObject({
      code: 'ADAPTER_FAILED',
    });
  },
);
