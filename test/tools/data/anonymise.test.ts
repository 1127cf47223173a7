import { readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { contentOf, copied, people, rules } from './fixtures.js';

const rowsOf = (path: string, sql: string): unknown[] => {
  const database = new Database(path, { readonly: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
};

test('a copy has the shape of the data and no byte of what was to be hidden', async () => {
  const { to, result } = await copied(people, rules);
  expect(result.tables.map(({ table, rows }) => [table, rows])).toEqual([
    ['customers', 2],
    ['orders', 3],
    ['sessions', 0],
  ]);
  expect(result.checked).toMatchObject({ foreignKeys: true });
  expect(result.checked?.rawValues).toBe(8); // two addresses, two names, a phone, a card, two notes
  const bytes = readFileSync(to).toString('latin1').toLowerCase();
  for (const raw of ['ada@', 'bob@', 'lovelace', 'hopkinson', '20 1234', '1815-12-10', 'leave at', 'ring twice', 'secret'])
    expect(bytes).not.toContain(raw);
});

test('what belonged together belongs together in the copy', async () => {
  const { to } = await copied(people, rules);
  expect(rowsOf(to, 'SELECT plan, count(*) AS orders FROM orders JOIN customers USING (email) GROUP BY plan ORDER BY plan')).toEqual([
    { plan: 'free', orders: 1 },
    { plan: 'gold', orders: 2 },
  ]);
  expect(rowsOf(to, 'SELECT count(DISTINCT card) AS cards, max(typeof(card)) AS type FROM orders WHERE card IS NOT NULL')).toEqual([
    { cards: 1, type: 'integer' },
  ]);
  expect(rowsOf(to, 'SELECT max(at) - min(at) AS ms, max(euros) AS euros FROM orders')).toEqual([{ ms: 200_000, euros: 9.95 }]);
  expect(rowsOf(to, 'SELECT cents FROM spent ORDER BY cents')).toEqual([{ cents: 50 }, { cents: 1_095 }]);
  expect(rowsOf(to, 'PRAGMA user_version')).toEqual([{ user_version: 7 }]);
});

test('the same data and seed make the same copy, another seed another', async () => {
  const withoutViews = people.replace('WITHOUT ROWID', '');
  const [one, two, other] = [
    await copied(withoutViews, rules),
    await copied(withoutViews, rules),
    await copied(withoutViews, rules, 'another seed, unknown too'),
  ];
  expect(contentOf(two.to)).toEqual(contentOf(one.to));
  expect(contentOf(other.to)).not.toEqual(contentOf(one.to));
});

const without = (column: string) => {
  const { [column]: _left, ...rest } = rules['customers'] as Record<string, 'keep'>; // only the names matter here
  return { ...rules, customers: rest };
};

test.each<[string, string, Parameters<typeof copied>[1], string]>([
  ['a column without a rule', people, without('phone'), 'the column customers.phone has no rule'],
  [
    'a table without rules',
    people,
    { customers: rules['customers'] ?? 'empty', orders: rules['orders'] ?? 'empty' },
    'the table sessions has no rules',
  ],
  [
    'two rules for two ends of one foreign key',
    people,
    { ...rules, orders: { ...(rules['orders'] as Record<string, 'keep'>), email: 'hash' } },
    'a row of orders points to a row of customers',
  ],
  [
    'an address that somebody wrote into a kept note',
    `${people} UPDATE orders SET note = 'send to ADA@shop.example, please' WHERE id = 2;`,
    { ...rules, orders: { ...(rules['orders'] as Record<string, 'keep'>), note: 'keep' } },
    'orders.note of the copy still holds a value that was to be hidden',
  ],
  [
    'an address inside a kept blob',
    `${people} CREATE TABLE logs (body BLOB); INSERT INTO logs VALUES (CAST('{"to":"bob@shop.example"}' AS BLOB));`,
    { ...rules, logs: { body: 'keep' } },
    'logs.body of the copy still holds',
  ],
  [
    'null where null is not allowed',
    people,
    { ...rules, customers: { ...(rules['customers'] as Record<string, 'keep'>), name: 'null' } },
    'a row of customers does not fit its own table any more',
  ],
])('%s is refused by name, and there is no copy', async (_, sql, tables, why) => {
  await expect(copied(sql, tables)).rejects.toThrow(why);
});

test('a rule for what is not there yet does no harm', async () => {
  const orders = { ...(rules['orders'] as Record<string, 'keep'>), gift: 'null' as const };
  expect((await copied(people, { ...rules, orders, accounts: 'empty' })).result.tables).toHaveLength(3);
});

test('a made-up value that happens to be a real one is made up again', async () => {
  const { to } = await copied(people, rules);
  const [made] = rowsOf(to, 'SELECT name FROM customers ORDER BY name') as { name: string }[];
  const clash = `${people} INSERT INTO customers VALUES ('eve@shop.example', '${made?.name}', NULL, NULL, 'free');`;
  const again = await copied(clash, rules);
  expect(rowsOf(again.to, `SELECT name FROM customers WHERE name = '${made?.name}'`)).toEqual([]);
});
