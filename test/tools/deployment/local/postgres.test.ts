import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { StagingConfigInput } from '../../../../src/catalog/config.js';
import type { Artifact } from '../../../../src/tools/ports.js';
import { startPostgres, type TestPostgres } from '../../../support/postgres.js';
import { connected, contentOf, databaseWith } from '../../data/postgres/fixtures.js';
import { bodyOf, localEnvironment } from './fixtures/local-environment.js';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const operation = 'release-1-1';
const people = `
  CREATE TABLE customers (email text PRIMARY KEY, name text NOT NULL);
  CREATE TABLE orders (id integer PRIMARY KEY, email text NOT NULL REFERENCES customers (email), cents bigint NOT NULL);
  INSERT INTO customers VALUES ('Ada@Shop.Example', 'Ada Lovelace'), ('Bob@Shop.Example', 'Bob Hopkinson');
  INSERT INTO orders VALUES (1, 'Ada@Shop.Example', 995), (2, 'Bob@Shop.Example', 50);`;

/** A migration that tells where it connects, and fails when the environment's table says so. */
const script = `
import pg from ${JSON.stringify(import.meta.resolve('pg'))};
console.log('connecting to ' + process.env.DATABASE_URL);
const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
if (process.argv[2] === 'down') await client.query('ALTER TABLE orders DROP COLUMN note');
else await client.query('BEGIN; ALTER TABLE orders ADD COLUMN IF NOT EXISTS note text; UPDATE orders SET cents = cents * 2; COMMIT');
await client.end();
`;

/** Staging and production with a database each, and versions that migrate it. */
const shopOnPostgres = async (data: Partial<NonNullable<StagingConfigInput['data']>> = {}) => {
  const [staging, production] = [await databaseWith(postgres, people), await databaseWith(postgres)];
  const names = { staging: `STAGING_DATABASE_${staging.url.at(-1)}`, production: `PRODUCTION_DATABASE_${staging.url.at(-1)}` };
  Object.assign(process.env, { [names.staging]: staging.url, [names.production]: production.url });
  onTestFinished(() => {
    for (const name of Object.values(names)) Reflect.deleteProperty(process.env, name);
  });
  const migrate = { command: [process.execPath, 'migrate.mjs'], down: [process.execPath, 'migrate.mjs', 'down'] };
  const url = { staging: { env: names.staging }, production: { env: names.production } };
  const local = await localEnvironment({ migrate }, { data: { postgres: { url }, ...data } });
  const version = async (name: string, kind: string, ...manners: string[]): Promise<Artifact> => {
    const artifact = await local.artifact(name, ...manners);
    await writeFile(join(artifact.path, 'migrate.mjs'), script);
    await writeFile(join(artifact.path, 'migrations.json'), JSON.stringify({ migrations: kind === '' ? [] : [{ id: 'two', kind }] }));
    return artifact;
  };
  return { ...local, staging, production, names, version };
};

test('a migration of PostgreSQL is snapshotted, applied, counted and taken back', async () => {
  const { open, version, staging } = await shopOnPostgres();
  const before = await contentOf(staging.client);
  const deployment = open();
  const migrated = await deployment.migrate('staging', await version('v2', 'snapshot'), operation);
  expect(migrated).toMatchObject({ status: 'applied', snapshot: { status: 'taken', files: [{ of: 'postgres' }] } });
  await staging.client.query("INSERT INTO orders VALUES (3, 'Ada@Shop.Example', 1)");
  expect((await deployment.migration('staging', operation))?.writes).toEqual({
    rows: 1,
    tables: [{ table: 'orders', added: 1, removed: 0 }],
  });
  expect(await deployment.undoMigration('staging', operation, 'restore')).toMatchObject({ ok: true, lost: { rows: 1 } });
  expect(await contentOf(staging.client)).toEqual(before);
});

test('no password of a database is in what a migration or a service printed', async () => {
  const { open, version, root } = await shopOnPostgres();
  const deployment = open();
  const migrated = await deployment.migrate('staging', await version('v2', 'snapshot'), operation);
  expect(migrated.output).toContain('connecting to ***');
  expect(JSON.stringify(migrated)).not.toContain('for-tests-only');
  expect(await readFile(join(root, 'state/environments/staging/data.json'), 'utf8')).not.toContain('for-tests-only');
});

test('a service finds the database of its own environment', async () => {
  const { open, version, staging, production } = await shopOnPostgres();
  const deployment = open();
  const artifact = await version('v1', '');
  for (const [environment, { url }] of Object.entries({ staging, production })) {
    const { proxyUrl } = await deployment.provision(environment as 'staging', artifact);
    expect(JSON.parse(await bodyOf(`${proxyUrl}/environment`))).toMatchObject({ database: url });
  }
});

test('a restore that was done and not recorded is not done again over what was written since', async () => {
  const { open, version, staging, stateDir } = await shopOnPostgres();
  await open().migrate('staging', await version('v2', 'snapshot'), operation);
  await open().undoMigration('staging', operation, 'restore');
  const record = join(stateDir, 'environments/staging/data.json');
  await writeFile(record, (await readFile(record, 'utf8')).replace('"state": "undone"', '"state": "undoing"'));
  await staging.client.query("INSERT INTO orders VALUES (9, 'Ada@Shop.Example', 1)");
  await open().undoMigration('staging', operation, 'restore');
  expect((await contentOf(staging.client))['public.orders']).toContain('(9,Ada@Shop.Example,1)');
});

test('a reversible migration is undone by the down command on the same database', async () => {
  const { open, version, staging } = await shopOnPostgres();
  const deployment = open();
  await deployment.migrate('staging', await version('v2', 'reversible'), operation);
  expect(await deployment.undoMigration('staging', operation, 'down')).toMatchObject({ ok: true });
  expect((await contentOf(staging.client))['public.orders']).toEqual(['(1,Ada@Shop.Example,1990)', '(2,Bob@Shop.Example,100)']);
});

test('a version that says it migrates nothing and does is found out', async () => {
  const { open, version } = await shopOnPostgres();
  expect(await open().migrate('staging', await version('v2', ''), operation)).toMatchObject({ status: 'applied', kind: 'undeclared' });
});

test('with the server away there is no snapshot, and no migration either', async () => {
  const { open, version, staging, names } = await shopOnPostgres();
  const before = await contentOf(staging.client);
  process.env[names.staging] = 'postgres://postgres:for-tests-only@127.0.0.1:1/shop';
  const error: unknown = await open()
    .migrate('staging', await version('v2', 'snapshot'), operation)
    .catch((why: unknown) => why);
  expect(error).toMatchObject({ code: 'SNAPSHOT_FAILED', message: expect.stringContaining('ECONNREFUSED') as string });
  expect(await contentOf(staging.client)).toEqual(before);
});

const copy = {
  from: 'production',
  seed: 'a seed that nobody knows',
  tables: {
    customers: { email: { fake: 'email' as const }, name: { fake: 'name' as const } },
    orders: { id: 'keep' as const, email: { fake: 'email' as const }, cents: 'keep' as const },
  },
};

test('staging is filled with an anonymised copy of production below the running service, once', async () => {
  const { open, staging, production } = await shopOnPostgres({ copy });
  await production.client.query(`${people} INSERT INTO orders VALUES (3, 'Ada@Shop.Example', 7)`);
  await staging.client.query('CREATE ROLE app LOGIN; GRANT SELECT ON orders TO app');
  const service = await connected(staging.url);
  const deployment = open();
  expect(await deployment.copyData('staging', operation)).toMatchObject({
    status: 'copied',
    tables: [
      { table: 'customers', rows: 2, columns: { email: 'fake email', name: 'fake name' } },
      { table: 'orders', rows: 3 },
    ],
    checked: { rawValues: 4, foreignKeys: true },
  });
  const content = JSON.stringify(await contentOf(service)).toLowerCase();
  for (const raw of ['ada@', 'lovelace', 'bob@', 'hopkinson']) expect(content).not.toContain(raw);
  expect((await service.query('SELECT sum(cents) AS cents FROM orders JOIN customers USING (email)')).rows).toEqual([{ cents: '1052' }]);
  expect((await service.query("SELECT has_table_privilege('app', 'orders', 'SELECT') AS may")).rows).toEqual([{ may: true }]);
  await service.query('DELETE FROM orders WHERE id = 3');
  await deployment.copyData('staging', operation);
  expect((await contentOf(service))['public.orders']).toHaveLength(2);
});

test('production data of another version and schema is not put below the version that staging serves', async () => {
  const { open, staging, production, version } = await shopOnPostgres({ copy });
  await production.client.query(`${people} CREATE INDEX by_email ON orders (email)`);
  const before = await contentOf(staging.client);
  const deployment = open();
  await deployment.provision('staging', await version('v1', ''));
  expect(await deployment.copyData('staging', operation)).toMatchObject({
    status: 'none',
    reason: expect.stringContaining('another schema') as string,
  });
  expect(await contentOf(staging.client)).toEqual(before);
});

test('without production data there is nothing to copy', async () => {
  const { open } = await shopOnPostgres({ copy });
  expect(await open().copyData('staging', operation)).toMatchObject({ status: 'none', reason: 'production has no data yet' });
});

test.each([
  ['is not set', undefined, /environment variable STAGING_DATABASE_\d+ is not set/],
  ['is no address', 'Server=db;Password=hunter22', /no address of PostgreSQL/],
])('an address that %s is refused by where it stands', async (_, value, why) => {
  const { open, names } = await shopOnPostgres();
  if (value === undefined) Reflect.deleteProperty(process.env, names.staging);
  else process.env[names.staging] = value;
  let error: unknown;
  try {
    open();
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(why) as string });
  expect(String(error)).not.toContain('hunter22');
});

test('one database for staging and production is refused', async () => {
  const { open, names, staging } = await shopOnPostgres();
  process.env[names.production] = staging.url;
  expect(() => open()).toThrow('staging and production have the same address');
});
