import { getPriority } from 'node:os';
import { expect, test } from 'vitest';
import { readGroupUsage, readPs, secondsOf } from '../../../../src/tools/deployment/local/process-usage.js';
import { bodyOf, clock, localEnvironment, until } from './fixtures/local-environment.js';

test('the resources of a slot are those of its whole process group, and null for an empty slot', async () => {
  const { open, artifact } = await localEnvironment();
  const deployment = open();
  const { proxyUrl } = await deployment.provision('staging', await artifact('v1'));
  await deployment.resourcesOf('staging', 'blue');
  await clock.sleep(300);
  const quiet = await deployment.resourcesOf('staging', 'blue');
  await bodyOf(`${proxyUrl}/burn`);
  await clock.sleep(700);
  const busy = await deployment.resourcesOf('staging', 'blue');

  expect(quiet?.memoryBytes).toBeGreaterThan(20 * 1024 ** 2);
  expect(quiet?.memoryBytes).toBeLessThan(500 * 1024 ** 2);
  expect(busy?.cpuCores).toBeGreaterThan(0.3);
  expect(busy?.cpuCores).toBeLessThan(1.5);
  expect(busy?.cpuCores).toBeGreaterThan(quiet?.cpuCores ?? 1);
  expect(await deployment.resourcesOf('staging', 'green')).toBeNull();
});

test.concurrent(
  'a process over its memory quota is ended, says so in its log, and counts as a crash',
  { timeout: 15_000 },
  async ({ expect, onTestFinished }) => {
    const { open, artifact } = await localEnvironment({}, { limits: { quota: { memoryBytes: 180 * 1024 ** 2 } } }, onTestFinished);
    const deployment = open();
    const { proxyUrl } = await deployment.provision('staging', await artifact('v1'));
    await bodyOf(`${proxyUrl}/hoard`);

    await until(() => deployment.observe('staging')[0]?.restarts === 1);
    const lines = await deployment.logs('staging', 'blue', 500);
    expect(lines.find((line) => line.includes('quota exceeded'))).toMatch(/^--- quota exceeded: memory \d+ of 188743680 bytes$/);
    expect(lines.some((line) => line.includes('SIGKILL'))).toBe(true);
    await until(async () => (await deployment.status('staging')).ready);
  },
);

test.concurrent('a process over its CPU quota is lowered in priority and goes on', async ({ expect, onTestFinished }) => {
  const { open, artifact } = await localEnvironment({}, { limits: { quota: { cpuCores: 0.05 } } }, onTestFinished);
  const deployment = open();
  const { proxyUrl } = await deployment.provision('staging', await artifact('v1'));
  const [blue] = deployment.observe('staging');
  await bodyOf(`${proxyUrl}/burn`);

  await until(async () => (await deployment.logs('staging', 'blue', 10)).some((line) => line.includes('quota exceeded: CPU')));
  expect(getPriority(blue?.pid ?? 0)).toBe(10);
  expect(await bodyOf(proxyUrl)).toBe('v1');
});

test('the process table of /proc and the one of ps agree about this process group', async () => {
  const [groups, rows] = await Promise.all([readGroupUsage(), readPs()]);
  const own = rows.find((row) => row.pid === process.pid);
  const group = groups.get(own?.group ?? 0);
  expect(group?.pids).toContain(process.pid);
  expect(group?.memoryBytes).toBeGreaterThan((own?.memoryBytes ?? 0) * 0.8);
});

test.each([
  ['00:03', 3],
  ['02:00:01', 7_201],
  ['1-00:00:10', 86_410],
  ['0:01.50', 1.5],
])('the CPU time %s of ps is %d seconds', (time, seconds) => {
  expect(secondsOf(time)).toBe(seconds);
});
