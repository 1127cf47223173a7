import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { writesBetween } from '../../../src/tools/data/sqlite.js';
import { temporaryFolder } from './fixtures.js';

const databaseWith = (path: string, sql: string): string => {
  const database = new Database(path);
  database.exec(sql);
  database.close();
  return path;
};

test('where a migration that broke off has changed the columns, no row is what it was', async () => {
  const folder = await temporaryFolder();
  const orders = 'CREATE TABLE orders (id INTEGER PRIMARY KEY); INSERT INTO orders VALUES (1), (2); CREATE TABLE kept (id INTEGER)';
  const before = databaseWith(join(folder, 'before.db'), orders);
  const live = databaseWith(
    join(folder, 'live.db'),
    `${orders}; ALTER TABLE orders ADD COLUMN note TEXT; INSERT INTO orders VALUES (3, 'new')`,
  );
  expect(writesBetween(before, live)).toEqual({ rows: 3, tables: [{ table: 'orders', added: 3, removed: 2 }] });
});
