import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { configSchema, type StagingConfigInput } from '../../../../src/catalog/config.js';
import { joinServices } from '../../../../src/tools/deployment/local/join-services.js';
import { openLocalDeployment } from '../../../../src/tools/deployment/local/open-local-deployment.js';
import { sendTrafficBack } from '../../../../src/tools/deployment/send-traffic-back.js';
import type { Artifact } from '../../../../src/tools/ports.js';
import { contentOf } from '../../data/fixtures.js';
import { bodyOf, clock } from './fixtures/local-environment.js';
import { migrateConfig, migratingService, shopData, type Declared } from './fixtures/migrating-service.js';

const operation = 'release-1-1';
const two = (kind: string): Declared[] => [{ id: 'two', kind }];

/** Payments and a shop that depends on it, each with data of its own in staging, as one environment. */
const twoWithData = async (rest: Partial<StagingConfigInput> = {}) => {
  const { stateDir, version } = await migratingService();
  const start = { command: [process.execPath, 'service.mjs', '{port}'], readyMs: 3_000 };
  const pathOf = (service: string, file = 'shop.db') => join(stateDir, service, 'environments', 'staging', 'data', file);
  const addresses: Record<string, string> = {};
  for (const service of ['payments', 'shop']) {
    await mkdir(dirname(pathOf(service)), { recursive: true });
    const database = new Database(pathOf(service));
    database.exec(`PRAGMA journal_mode = WAL; ${shopData}`);
    database.close();
  }
  const open = () => {
    const members = ['payments', 'shop'].map((service) => {
      const own = {
        service: { name: service, start, migrate: migrateConfig },
        data: { sqlite: ['shop.db'], forwardOnly: 'accept' as const },
      };
      const config = configSchema.parse({ approvers: ['ada'], rollout: { strategy: 'blue-green' }, ...own, ...rest });
      return { service, deployment: openLocalDeployment({ config, stateDir: join(stateDir, service), clock }) };
    });
    const joined = joinServices({
      ...{ first: 'shop', members, stateDir },
      onAddress: (environment, service, url) => void (addresses[`${environment} ${service}`] = url),
    });
    onTestFinished(() => joined.close());
    return joined;
  };
  const both = async (shop: readonly Declared[], payments: readonly Declared[], name = '2'): Promise<Artifact> => ({
    ...(await version(`s${name}`, shop)),
    services: [{ service: 'payments', ...(await version(`p${name}`, payments)) }],
  });
  const serving = () => Promise.all(['payments', 'shop'].map((service) => bodyOf(addresses[`staging ${service}`] ?? '')));
  return { joined: open(), open, both, pathOf, serving, content: (service: string) => contentOf(pathOf(service)) };
};

test('both are migrated after a snapshot each, and each goes back on its own way, to the byte of every row', async () => {
  const { joined, both, content } = await twoWithData();
  const before = { payments: content('payments'), shop: content('shop') };
  const candidate = await both(two('snapshot'), two('reversible'));
  expect(await joined.snapshot('staging', candidate, operation)).toMatchObject({
    status: 'taken',
    files: [{ of: 'payments: shop.db' }, { of: 'shop.db' }],
  });
  expect(await joined.migrate('staging', candidate, operation)).toMatchObject({
    ...{ status: 'applied', kind: 'snapshot' },
    services: [{ service: 'payments', kind: 'reversible', snapshot: { status: 'taken' } }],
  });
  expect([content('payments'), content('shop')]).not.toEqual([before.payments, before.shop]);
  expect(await joined.migration('staging', operation, 'payments')).toMatchObject({ kind: 'reversible', state: 'applied' });
  expect(await joined.undoMigration('staging', operation, 'restore')).toMatchObject({ ok: true });
  expect(await joined.undoMigration('staging', operation, 'down', 'payments')).toMatchObject({ ok: true });
  expect(content('shop')).toEqual(before.shop);
  expect(JSON.stringify(content('payments')['orders'])).not.toContain('note');
});

test('none is migrated where one of them must not be', async () => {
  const { joined, both, content } = await twoWithData({ data: { sqlite: ['shop.db'] } });
  const before = [content('payments'), content('shop')];
  expect(await joined.migrate('staging', await both(two('forward-only'), two('reversible')), operation)).toMatchObject({
    status: 'refused',
    output: expect.stringContaining('two can only be fixed forward') as string,
  });
  expect(await joined.migrate('staging', await both(two('reversible'), two('forward-only'), '3'), `${operation}-3`)).toMatchObject({
    status: 'refused',
    output: expect.stringMatching(/^payments: two can only be fixed forward/) as string,
  });
  expect([content('payments'), content('shop')]).toEqual(before);
});

test('where the migration of the second fails, the first is known to have run and can be taken back', async () => {
  const { joined, both, content, pathOf } = await twoWithData();
  const before = content('payments');
  await writeFile(pathOf('shop', 'broken'), '');
  const candidate = await both(two('snapshot'), two('snapshot'));
  expect(await joined.migrate('staging', candidate, operation)).toMatchObject({
    status: 'failed',
    output: expect.stringContaining('no such function') as string,
  });
  expect(content('payments')).not.toEqual(before);
  await joined.undoMigration('staging', operation, 'restore', 'payments');
  expect(content('payments')).toEqual(before);
});

test('data of a companion that the old version cannot read keeps the traffic of both, also after a kill', async () => {
  const { joined, open, both, serving } = await twoWithData();
  const stable = await both([], [], '1');
  await joined.provision('staging', stable);
  const candidate = await both([], two('forward-only'));
  await joined.migrate('staging', candidate, operation);
  await joined.deployIdle('staging', candidate);
  await joined.setWeight('staging', 100);
  expect(await joined.dataHold('staging', candidate.digest)).toMatch(/^payments: the data has two/);
  await joined.close();
  const again = open();
  await again.provision('staging', stable);
  expect(await serving()).toEqual(['p2', 's2']);
  expect(await sendTrafficBack(again, 'staging', 'green')).toMatch(/stays on s2 in the green slot: payments: the data has two/);
  expect(await serving()).toEqual(['p2', 's2']);
});
