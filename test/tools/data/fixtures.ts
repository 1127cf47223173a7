import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import { dataSchema, type CopyConfig } from '../../../src/catalog/data.js';
import { anonymise } from '../../../src/tools/data/anonymise.js';

export const temporaryFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'data-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

/** Every row of every table, in an order that does not depend on where it lies. */
export const contentOf = (path: string): Record<string, unknown[]> => {
  const database = new Database(path, { fileMustExist: true });
  try {
    const tables = database
      .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
      .pluck()
      .all();
    return Object.fromEntries(
      tables.map((table) => [
        table,
        database
          .prepare(`SELECT rowid AS rowid, * FROM "${table}"`)
          .all()
          .map((row) => JSON.stringify(row))
          .sort(),
      ]),
    );
  } finally {
    database.close();
  }
};

export const people = `
  CREATE TABLE customers (email TEXT PRIMARY KEY, name TEXT NOT NULL, phone TEXT, born TEXT, plan TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE orders (
    id INTEGER PRIMARY KEY, email TEXT NOT NULL REFERENCES customers (email), card INTEGER, note TEXT, at INTEGER,
    cents INTEGER NOT NULL, euros REAL GENERATED ALWAYS AS (cents / 100.0)
  );
  CREATE TABLE sessions (token TEXT);
  CREATE INDEX orders_by_email ON orders (email);
  CREATE VIEW spent AS SELECT email, sum(cents) AS cents FROM orders GROUP BY email;
  INSERT INTO customers VALUES ('ada@shop.example', 'Ada Lovelace', '+44 20 1234', '1815-12-10', 'gold');
  INSERT INTO customers VALUES ('bob@shop.example', 'Bob Hopkinson', NULL, '1990-02-03', 'free');
  INSERT INTO orders (id, email, card, note, at, cents) VALUES (1, 'ada@shop.example', 4111111111111111, 'leave at the door', 1700000000000, 995);
  INSERT INTO orders (id, email, card, note, at, cents) VALUES (2, 'ada@shop.example', 4111111111111111, NULL, 1700000100000, 100);
  INSERT INTO orders (id, email, card, note, at, cents) VALUES (3, 'bob@shop.example', NULL, 'ring twice', 1700000200000, 50);
  INSERT INTO sessions VALUES ('secret-session-token');
  PRAGMA user_version = 7;`;

export const rules: NonNullable<CopyConfig['tables']> = {
  customers: { email: { fake: 'email' }, name: { fake: 'name' }, phone: 'mask', born: { shiftDays: 30 }, plan: 'keep' },
  orders: { id: 'keep', email: { fake: 'email' }, card: 'hash', note: 'null', at: { shiftDays: 30 }, cents: 'keep' },
  sessions: 'empty',
};

/** Copies a database made by the statements, by the rules; gives the paths and what was said. */
export const copied = async (sql: string, tables: CopyConfig['tables'], seed = 'a seed that nobody knows') => {
  const folder = await temporaryFolder();
  const [from, to] = [join(folder, 'source.db'), join(folder, 'copy.db')];
  const source = new Database(from);
  source.exec(sql);
  source.close();
  const { copy } = dataSchema.parse({ copy: { from, seed, tables } });
  if (copy === undefined) throw new Error('the schema lost the copy');
  const result = await anonymise(from, to, copy);
  return { from, to, result };
};
