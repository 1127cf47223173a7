import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { OpenFeature, type Provider } from '@openfeature/server-sdk';
import { afterAll, expect, test } from 'vitest';
import { evaluateFlag } from '../../../src/tools/flags/flag.js';
import { flagFileIn, openLocalFlags } from '../../../src/tools/flags/open-local-flags.js';
import { systemClock } from '../../../src/tools/system-clock.js';
import { runCommand } from '../../../src/tools/processes.js';
import { checkOut, start, testRepository } from './checkout.js';

afterAll(() => rmSync(testRepository(), { recursive: true, force: true }));

test('the kill switch turns a feature of a running shop off and on again, in the same process', async () => {
  const folder = await checkOut('v2.2.0', ['wishlist']);
  const flags = openLocalFlags({ stateDir: folder, clock: systemClock });
  const shop = await start(folder, { FLAGS_FILE: flagFileIn(join(folder, 'environments/staging')) });
  const statusOf = async (path: string) => (await fetch(`${shop.url}${path}`)).status;
  const startedAt = async () => /process_start_time_seconds (\S+)/.exec(await (await fetch(`${shop.url}/metrics`)).text())?.[1];
  const begun = await startedAt();
  expect(await statusOf('/api/wishlist')).toBe(200);

  await flags.kill('staging', 'wishlist', { by: 'ada', why: 'errors' });
  await expect.poll(() => statusOf('/api/wishlist'), { timeout: 1_000, interval: 20 }).toBe(404);
  expect(await (await fetch(shop.url)).text()).not.toContain('Wishlist');
  expect(await statusOf('/api/products')).toBe(200);

  await flags.set('staging', 'wishlist', { on: true, by: 'ada', why: 'fixed' });
  await expect.poll(() => statusOf('/api/wishlist'), { timeout: 1_000, interval: 20 }).toBe(200);
  expect(begun).toBeDefined();
  expect(await startedAt()).toBe(begun);
});

test("the shop's flags are an OpenFeature provider that agrees with ours on every visitor", async () => {
  const folder = await checkOut('v2.2.0');
  const flags = openLocalFlags({ stateDir: folder, clock: systemClock });
  await flags.set('staging', 'wishlist', { percentage: 37, by: 'ada', why: 'gradually' });
  const { openFlags } = (await import(pathToFileURL(join(folder, 'src/flags.mjs')).href)) as { openFlags: (path: string) => Provider };
  await OpenFeature.setProviderAndWait('shop', openFlags(flagFileIn(join(folder, 'environments/staging'))));
  const file = { flags: { wishlist: { on: true, percentage: 37 } }, changes: [] };
  for (let index = 0; index < 200; index += 1) {
    const targetingKey = `visitor-${index}`;
    const details = await OpenFeature.getClient('shop').getBooleanDetails('wishlist', true, { targetingKey });
    expect(details).toMatchObject(evaluateFlag(file, 'wishlist', targetingKey, true));
  }
});

test('gift-wrap passes every suite but the regression suite, and that one too once its flag is off', async () => {
  const folder = await checkOut('v2.2.0', ['wishlist', 'gift-wrap', 'fast-checkout']);
  const flags = openLocalFlags({ stateDir: folder, clock: systemClock });
  const shop = await start(folder, { FLAGS_FILE: flagFileIn(join(folder, 'environments/staging')) });
  const passes = async (kind: string) => {
    const command = ['node', 'scripts/run-suite.mjs', kind, '--url', shop.url];
    return (await runCommand({ command, cwd: folder, timeoutMs: 30_000 })).exitCode === 0;
  };
  for (const kind of ['unit', 'integration', 'api', 'smoke']) expect(await passes(kind), kind).toBe(true);
  expect(await passes('regression')).toBe(false);
  await flags.kill('staging', 'gift-wrap', { by: 'ada', why: 'the regression suite' });
  expect(await passes('regression')).toBe(true);
});
