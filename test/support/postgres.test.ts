import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type TestPostgres } from './postgres.js';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const ask = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
};

test('a PostgreSQL for tests is empty, keeps its data over a restart, and comes back at the same address', async () => {
  const url = await postgres.createDatabase('shop');
  await ask(url, 'CREATE TABLE orders (id integer PRIMARY KEY); INSERT INTO orders VALUES (7)');
  await postgres.restart();
  expect(await ask(url, 'SELECT id FROM orders')).toEqual([{ id: 7 }]);
  await expect(ask(postgres.url, 'SELECT id FROM orders')).rejects.toThrow('does not exist');
});
