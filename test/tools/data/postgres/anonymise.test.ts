import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dataSchema } from '../../../../src/catalog/data.js';
import { postgresStore } from '../../../../src/tools/data/postgres/postgres-store.js';
import { startPostgres, type TestPostgres } from '../../../support/postgres.js';
import { contentOf, databaseWith, temporaryFolder } from './fixtures.js';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const people = `
  CREATE TABLE customers (
    id uuid PRIMARY KEY, email character varying(80) NOT NULL UNIQUE, name text NOT NULL, phone text, born date, seen timestamp with time zone,
    account integer UNIQUE, photo bytea, profile jsonb, aliases text[], vip boolean, plan text NOT NULL
  );
  CREATE TABLE orders (
    id serial PRIMARY KEY, customer uuid NOT NULL REFERENCES customers (id), email character varying(80) REFERENCES customers (email),
    card bigint, note text, at bigint, cents numeric(12, 2) NOT NULL, euros numeric GENERATED ALWAYS AS (cents / 100) STORED
  );
  CREATE TABLE sessions (token text);
  CREATE MATERIALIZED VIEW names AS SELECT name FROM customers;
  INSERT INTO customers VALUES
    ('11111111-2222-3333-4444-555555555555', 'ada@shop.example', 'Ada Lovelace', '+44 20 1234', '1815-12-10', '2026-01-02 03:04:05+00', 123456789, '\\xcafebabecafe', '{"size": "L"}', '{countess}', true, 'gold'),
    ('66666666-7777-8888-9999-aaaaaaaaaaaa', 'bob@shop.example', 'Bob Hopkinson', NULL, '1990-02-03', NULL, 987654321, NULL, NULL, '{}', false, 'free');
  INSERT INTO orders (customer, email, card, note, at, cents) VALUES
    ('11111111-2222-3333-4444-555555555555', 'ada@shop.example', 4111111111111111, 'leave at the door', 1700000000000, 995),
    ('11111111-2222-3333-4444-555555555555', NULL, 4111111111111111, NULL, 1700000100000, 100.5),
    ('66666666-7777-8888-9999-aaaaaaaaaaaa', 'bob@shop.example', NULL, 'ring twice', 1700000200000, 50);
  INSERT INTO sessions VALUES ('secret-session-token');`;

const customers = {
  ...{ id: 'hash', email: { fake: 'email' }, name: { fake: 'name' }, phone: 'mask', born: { shiftDays: 30 }, seen: { shiftDays: 30 } },
  ...{ account: 'hash', photo: 'hash', profile: 'keep', aliases: 'null', vip: 'keep', plan: 'keep' },
};
const orders = { id: 'keep', customer: 'hash', email: { fake: 'email' }, card: 'hash', note: 'null', at: { shiftDays: 30 }, cents: 'keep' };
const rules = { customers, orders, sessions: 'empty' };

/** Copies a database made by the statements into an empty one, by the rules. */
const copied = async (sql = people, tables: object = rules, seed = 'a seed that nobody knows') => {
  const [source, target] = [await databaseWith(postgres, sql), await databaseWith(postgres)];
  const { copy } = dataSchema.parse({ copy: { from: 'production', seed, tables } });
  if (copy === undefined) throw new Error('the schema lost the copy');
  const path = join(await temporaryFolder(), 'copy');
  const result = await postgresStore(source.url, ['public']).rows?.anonymise(path, copy);
  await postgresStore(target.url, ['public']).restore(path);
  return { source: source.client, client: target.client, path, result };
};

test('a copy has the shape of the data and nothing of what was to be hidden, in the file nor in the database', async () => {
  const { client, path, result } = await copied();
  expect(result?.tables.map(({ table, rows }) => [table, rows])).toEqual([
    ['customers', 2],
    ['orders', 3],
    ['sessions', 0],
  ]);
  const everything = `${await readFile(path, 'utf8')}${JSON.stringify(await contentOf(client))}`.toLowerCase();
  for (const raw of ['ada@', 'bob@', 'lovelace', 'hopkinson', '20 1234', '1815-12-10', '123456789', 'cafebabe', '4111111111111111'])
    expect(everything).not.toContain(raw);
  for (const raw of ['11111111-2222', 'countess', 'leave at', 'ring twice', 'secret-session', '1700000000000'])
    expect(everything).not.toContain(raw);
  expect((await client.query<{ name: string }>('SELECT name FROM names ORDER BY name')).rows.map(({ name }) => name)).toEqual(
    (await client.query<{ name: string }>('SELECT name FROM customers ORDER BY name')).rows.map(({ name }) => name),
  );
});

test('what belonged together belongs together in the copy', async () => {
  const { client, source } = await copied();
  const ask = async (sql: string): Promise<unknown[]> => (await client.query<Record<string, unknown>>(sql)).rows;
  expect(
    await ask('SELECT plan, count(*) AS orders FROM orders o JOIN customers c ON c.id = o.customer GROUP BY plan ORDER BY plan'),
  ).toEqual([
    { plan: 'free', orders: '1' },
    { plan: 'gold', orders: '2' },
  ]);
  expect(await ask('SELECT count(*) AS orders FROM orders JOIN customers USING (email)')).toEqual([{ orders: '2' }]);
  expect(await ask('SELECT count(DISTINCT card) AS cards, max(at) - min(at) AS ms, max(euros) AS euros FROM orders')).toEqual([
    { cards: '1', ms: '200000', euros: '9.9500000000000000' },
  ]);
  const days = 'SELECT max(born) - min(born) AS days FROM customers';
  expect(await ask(days)).toEqual((await source.query(days)).rows);
  expect(await ask("SELECT nextval('orders_id_seq') AS next")).toEqual([{ next: '4' }]);
});

test('the same data and seed make the same copy, another seed another', async () => {
  const [one, two, other] = [await copied(), await copied(), await copied(people, rules, 'another seed, unknown too')];
  expect(await contentOf(two.client)).toEqual(await contentOf(one.client));
  expect(await contentOf(other.client)).not.toEqual(await contentOf(one.client));
});

const { phone: _phone, ...withoutPhone } = customers;
const note = (text: string) => `${people} UPDATE orders SET note = '${text}' WHERE id = 2;`;

test.each<[string, string, object, string]>([
  ['a column without a rule', people, { ...rules, customers: withoutPhone }, 'the column customers.phone has no rule'],
  ['a table without rules', people, { customers, orders }, 'the table sessions has no rules'],
  [
    'two rules for two ends of one foreign key',
    people,
    { ...rules, orders: { ...orders, email: 'hash' } },
    'violates foreign key constraint',
  ],
  ['an empty table that others point to', people, { ...rules, customers: 'empty' }, 'violates foreign key constraint'],
  ['null where null is not allowed', people, { ...rules, customers: { ...customers, name: 'null' } }, 'null value in column "name"'],
  [
    'a made-up name in a boolean',
    people,
    { ...rules, customers: { ...customers, vip: { fake: 'name' } } },
    'customers.vip: the rule "fake" makes nothing that a column of type boolean can hold; it takes keep, null',
  ],
  [
    'an address that somebody wrote into a kept note',
    note('send to ADA@shop.example, please'),
    { ...rules, orders: { ...orders, note: 'keep' } },
    'orders.note of the copy still holds a value that was to be hidden',
  ],
  [
    'an address in other letters inside kept JSON',
    `${people} ALTER TABLE customers ALTER COLUMN profile TYPE json; UPDATE customers SET profile = '{"to": ["b\\u006fb@shop.example"]}';`,
    rules,
    'customers.profile of the copy still holds',
  ],
  [
    'a name with a quote inside a kept array',
    `${people} UPDATE customers SET name = 'Bob "the builder" Hop' WHERE plan = 'free'; UPDATE customers SET aliases = ARRAY['Bob "the builder" Hop'];`,
    { ...rules, customers: { ...customers, aliases: 'keep' } },
    'customers.aliases of the copy still holds',
  ],
  [
    'an address inside kept bytes',
    `${people} UPDATE customers SET photo = convert_to('to bob@shop.example', 'UTF8');`,
    { ...rules, customers: { ...customers, photo: 'keep' } },
    'customers.photo of the copy still holds',
  ],
])('%s is refused by name, and there is no copy', async (_, sql, tables, why) => {
  await expect(copied(sql, tables)).rejects.toThrow(why);
});
