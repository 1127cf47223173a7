import { readFile, stat, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postgresStore } from '../../../../src/tools/data/postgres/postgres-store.js';
import { startPostgres, type TestPostgres } from '../../../support/postgres.js';
import { connected, contentOf, databaseWith, shop, temporaryFolder } from './fixtures.js';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const storeWith = async (sql = shop) => {
  const { url, client } = await databaseWith(postgres, sql);
  const path = join(await temporaryFolder(), 'postgres');
  return { url, client, path, store: postgresStore(url, ['public']) };
};

/** What a version does that the old one can't live with, and what people write after it. */
const migration = `
  DROP VIEW loud; DROP VIEW spent; DROP MATERIALIZED VIEW totals;
  ALTER TABLE orders DROP COLUMN note, ADD COLUMN gift boolean NOT NULL DEFAULT false;
  ALTER TYPE mood RENAME VALUE 'happy' TO 'glad';
  CREATE TABLE gifts (id integer PRIMARY KEY, "order" integer REFERENCES orders (id));
  INSERT INTO gifts VALUES (1, 2);
  UPDATE customers SET email = lower(email);
  DROP SEQUENCE tickets;
  INSERT INTO orders (customer, total) VALUES (2, 77);`;

test('a snapshot brings back rows, types, rules and sequences below a service that is connected', async () => {
  const { client, path, store } = await storeWith();
  const [content, shape] = [await contentOf(client), await store.rows?.schema()];
  const taken = await store.snapshot(path);
  expect(taken).toMatchObject({ digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string });
  await client.query(migration);
  expect(await contentOf(client)).not.toEqual(content);
  await store.restore(path);
  expect(await contentOf(client)).toEqual(content);
  expect(await store.rows?.schema()).toBe(shape);
  expect((await client.query("SELECT nextval('tickets') AS at")).rows).toEqual([{ at: '105' }]);
  expect((await client.query('INSERT INTO orders (customer, total) VALUES (1, 1) RETURNING id')).rows).toEqual([{ id: 4 }]);
  expect((await client.query('SELECT orders FROM totals')).rows).toEqual([{ orders: '3' }]);
  expect((await client.query('SELECT what FROM audit')).rows).toHaveLength(4); // three from before, one for what was written now
  await expect(client.query('INSERT INTO orders (customer, total) VALUES (99, 1)')).rejects.toThrow('foreign key');
});

test('only its owner may read a snapshot', async () => {
  const { path, store } = await storeWith();
  await store.snapshot(path);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('who may see what is as it was', async () => {
  const { client, path, store } = await storeWith();
  await client.query(
    'CREATE ROLE reader LOGIN; GRANT SELECT ON orders TO reader; GRANT SELECT (email) ON customers TO reader; REVOKE EXECUTE ON FUNCTION slug FROM PUBLIC',
  );
  await store.snapshot(path);
  await client.query('REVOKE SELECT ON orders FROM reader; DROP FUNCTION customers_called; GRANT EXECUTE ON FUNCTION slug TO PUBLIC');
  await store.restore(path);
  const may = `SELECT has_table_privilege('reader', 'orders', 'SELECT') AS orders, has_table_privilege('reader', 'customers', 'SELECT') AS customers,
    has_column_privilege('reader', 'customers', 'email', 'SELECT') AS email, has_function_privilege('reader', 'slug(text)', 'EXECUTE') AS slug`;
  expect((await client.query(may)).rows).toEqual([{ orders: true, customers: false, email: true, slug: false }]);
});

test('a restore that can’t be finished changes nothing', async () => {
  const { client, path, store } = await storeWith();
  await store.snapshot(path);
  await client.query(migration);
  const content = await contentOf(client);
  await writeFile(path, (await readFile(path, 'utf8')).replace('"995"', '"-995"')); // a row that its own rules refuse
  await expect(store.restore(path)).rejects.toThrow('cents_check');
  expect(await contentOf(client)).toEqual(content);
});

test('what a snapshot describes and what was put back are compared before it counts', async () => {
  const { client, path, store } = await storeWith('CREATE TABLE orders (id integer)');
  await store.snapshot(path);
  await client.query('INSERT INTO orders VALUES (1)');
  await writeFile(path, (await readFile(path, 'utf8')).replace('(id integer)', '(id bigint)'));
  await expect(store.restore(path)).rejects.toThrow('not what the snapshot describes');
  expect(await contentOf(client)).toEqual({ 'public.orders': ['(1)'] });
});

test('what depends on the data from outside of it stops a restore, and nothing is lost', async () => {
  const { client, path, store } = await storeWith();
  await store.snapshot(path);
  await client.query('CREATE SCHEMA reports; CREATE VIEW reports.days AS SELECT placed FROM public.orders');
  await expect(store.restore(path)).rejects.toThrow(/cannot drop table public\.orders.*view reports\.days depends/s);
  expect((await client.query('SELECT * FROM reports.days')).rows).toHaveLength(3);
});

test.each([
  ['a partitioned table', 'CREATE TABLE days (at date) PARTITION BY RANGE (at)', 'the partitioned table public.days'],
  ['row security', 'CREATE TABLE notes (id int); ALTER TABLE notes ENABLE ROW LEVEL SECURITY', 'the row security of public.notes'],
  ['an aggregate', 'CREATE AGGREGATE total (int) (sfunc = int4pl, stype = int)', 'the aggregate public.total(integer)'],
  ['a large object', 'SELECT lo_create(0)', 'large objects'],
])('%s is refused by name before anything is copied', async (_, sql, named) => {
  const { path, store } = await storeWith(sql);
  await expect(store.snapshot(path)).rejects.toThrow(`${named}; set data.snapshot and data.restore`);
  expect(existsSync(path)).toBe(false);
});

test('rows that were written since are counted, table by table', async () => {
  const { client, path, store } = await storeWith();
  await store.snapshot(path);
  expect(await store.rows?.writesSince(path)).toEqual({ rows: 0, tables: [] });
  await client.query(
    "UPDATE orders SET note = 'changed' WHERE id = 2; DELETE FROM audit; INSERT INTO customers (email) VALUES ('eve@shop.example')",
  );
  expect(await store.rows?.writesSince(path)).toEqual({
    rows: 5,
    tables: [
      { table: 'audit', added: 0, removed: 3 },
      { table: 'customers', added: 1, removed: 0 },
      { table: 'orders', added: 1, removed: 1 },
    ],
  });
});

test('a snapshot is of one moment, and nobody who writes waits for it', async () => {
  const { url, client, path, store } = await storeWith(
    'CREATE TABLE a (n int); CREATE TABLE b (n int); INSERT INTO b SELECT generate_series(1, 20000)',
  );
  const other = await connected(url);
  let writing = true;
  const writer = (async () => {
    for (let n = 0; writing; n += 1) await other.query(`BEGIN; INSERT INTO a VALUES (${n}); INSERT INTO b VALUES (${-n - 1}); COMMIT`);
  })();
  await store.snapshot(path);
  writing = false;
  await writer;
  await store.restore(path);
  const { rows } = await client.query<{ a: string; b: string }>(
    'SELECT (SELECT count(*) FROM a) AS a, (SELECT count(*) FROM b WHERE n < 0) AS b',
  );
  expect(rows[0]?.a).toBe(rows[0]?.b);
});

test('a cookie changes with a restore and by nothing that is written', async () => {
  const { client, path, store } = await storeWith();
  await store.snapshot(path);
  const before = await store.cookie();
  await client.query('INSERT INTO orders (customer, total) VALUES (1, 1); TRUNCATE audit');
  await client.query('VACUUM FULL customers');
  expect(await store.cookie()).toBe(before);
  await store.restore(path);
  expect(await store.cookie()).not.toBe(before);
});

test('an empty database can be gone back to', async () => {
  const { client, path, store } = await storeWith('');
  await store.snapshot(path);
  await client.query(shop);
  await store.restore(path);
  expect(await contentOf(client)).toEqual({});
});

test('a server that is away is said, without its password', async () => {
  const store = postgresStore('postgres://shop:very-secret@127.0.0.1:1/shop', ['public']);
  const error: unknown = await store.snapshot('/nowhere').catch((why: unknown) => why);
  expect(String(error)).toContain('ECONNREFUSED');
  expect(String(error)).not.toContain('very-secret');
});
