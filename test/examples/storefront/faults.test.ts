import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import semver from 'semver';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { runCommand } from '../../../src/tools/processes.js';
import { checkOut, errorsOf, start, testRepository, workFolder } from './checkout.js';

afterAll(() => rmSync(testRepository(), { recursive: true, force: true }));

const recommendations = async (url: string, times: number): Promise<number[]> => {
  const statuses = [];
  for (let sent = 0; sent < times; sent += 1) statuses.push((await fetch(`${url}/api/recommendations`)).status);
  return statuses;
};

const suite = (folder: string, kind: string, url: string) =>
  runCommand({ command: ['node', 'scripts/run-suite.mjs', kind, '--url', url], cwd: folder, timeoutMs: 20_000 });

test('v2.3.0 passes its suites and fails under visitors', async () => {
  const folder = await checkOut('v2.3.0');
  const shop = await start(folder);
  for (const kind of ['api', 'regression', 'smoke']) expect((await suite(folder, kind, shop.url)).exitCode, kind).toBe(0);
  expect(errorsOf(shop)).toEqual([]);
  const statuses = await recommendations(shop.url, 30);
  expect(statuses.slice(0, 10)).not.toContain(500);
  expect(statuses.slice(-5)).toEqual([500, 500, 500, 500, 500]);
  expect(errorsOf(shop)).toContain('a request failed');
});

test('v2.4.0 fails one regression test and nothing else', async () => {
  const folder = await checkOut('v2.4.0');
  const shop = await start(folder);
  for (const kind of ['unit', 'integration', 'api', 'smoke']) expect((await suite(folder, kind, shop.url)).exitCode, kind).toBe(0);
  const regression = await suite(folder, 'regression', shop.url);
  expect(regression.exitCode).toBe(1);
  expect(regression.output).toMatch(/1 failed.*7 passed/);
  expect(regression.output).toContain('three mugs cost 26.86');
});

test('v2.5.0 locks a package with a critical advisory, v2.2.0 does not', async () => {
  expect(advisoriesOn(await checkOut('v2.5.0'))).toEqual(['EXAMPLE-2026-0001 CRITICAL']);
  expect(advisoriesOn(await checkOut('v2.2.0'))).toEqual([]);
});

test('v2.6.0 keeps memory for every recommendation, v2.2.0 does not', async () => {
  const grown = async (version: string) => {
    const shop = await start(await checkOut(version));
    await recommendations(shop.url, 50);
    const before = await residentMiB(shop.url);
    await recommendations(shop.url, 200);
    return (await residentMiB(shop.url)) - before;
  };
  expect(await grown('v2.6.0')).toBeGreaterThan(40);
  expect(await grown('v2.2.0')).toBeLessThan(20);
});

test('v2.7.0 ends at the request that it is told, and says why', async () => {
  const shop = await start(await checkOut('v2.7.0'), { STOREFRONT_CRASH_AFTER_REQUESTS: '3' });
  for (let sent = 0; sent < 3; sent += 1) expect((await fetch(`${shop.url}/healthz`)).status).toBe(200);
  expect(await shop.ended).toBe(1);
  expect(errorsOf(shop)).toEqual(['the process ends after an error that nobody handled']);
});

const residentMiB = async (url: string): Promise<number> => {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)?.[1]) / 1024 ** 2;
};

const lockSchema = z.object({ packages: z.record(z.string(), z.object({ version: z.string() })) });
const advisorySchema = z.object({
  id: z.string(),
  affected: z.array(
    z.object({
      package: z.object({ name: z.string() }),
      ranges: z.array(z.object({ events: z.tuple([z.object({ introduced: z.string() }), z.object({ fixed: z.string() })]) })),
    }),
  ),
  database_specific: z.object({ severity: z.string() }),
});

const advisoriesOn = (folder: string): string[] => {
  const { packages } = lockSchema.parse(JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')));
  const advisories = join(workFolder, '../advisories');
  return readdirSync(advisories)
    .map((file) => advisorySchema.parse(JSON.parse(readFileSync(join(advisories, file), 'utf8'))))
    .filter((advisory) =>
      advisory.affected.some((affected) => {
        const locked = packages[`node_modules/${affected.package.name}`];
        return locked !== undefined && affected.ranges.some(({ events }) => semver.lt(locked.version, events[1].fixed));
      }),
    )
    .map((advisory) => `${advisory.id} ${advisory.database_specific.severity}`);
};
