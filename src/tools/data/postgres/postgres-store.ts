import { createHash } from 'node:crypto';
import type { Writes } from '../../../catalog/data.js';
import type { DataStore } from '../data-store.js';
import { anonymiseTo } from './anonymise-rows.js';
import { inTransaction, withClient, type Client } from './connect.js';
import { describeSchemas, idsOf, shapeOf, type Description } from './describe-schemas.js';
import { putBack } from './put-back.js';
import { readRows } from './rows.js';
import { readSnapshot, writeSnapshot, type Row, type Rows } from './snapshot-file.js';

/** The schemas of a PostgreSQL database, 13 or newer. What a snapshot could not bring back as it was is refused by name, never left out. */
export const postgresStore = (url: string, schemas: readonly string[]): DataStore => {
  const reading = <T>(use: (client: Client, description: Description) => Promise<T>): Promise<T> =>
    withClient(url, (client) => inTransaction(client, 'read', async () => use(client, await describeWhole(client, schemas))));
  return {
    of: 'postgres',
    snapshot: (path) => reading((client, description) => writeSnapshot(path, description, readRows(client, description.tables))),
    restore: (path) => withClient(url, (client) => inTransaction(client, 'write', () => putBack(client, schemas, path))),
    cookie: () => withClient(url, (client) => idsOf(client, schemas)),
    rows: {
      schema: () =>
        withClient(url, async (client) => {
          const { unknown, ...description } = await describeSchemas(client, schemas);
          return description.tables.length + unknown.length === 0 ? null : JSON.stringify([shapeOf(description), unknown]);
        }),
      writesSince: async (path) => {
        const { batches } = await readSnapshot(path);
        return reading(async (client, { tables }) => writesBetween(batches, readRows(client, tables)));
      },
      anonymise: (path, copy) => reading((client, description) => anonymiseTo(path, client, description, copy)),
    },
  };
};

/** Locks what is read against a change of its shape, not against anybody's reading and writing. */
const describeWhole = async (client: Client, schemas: readonly string[]): Promise<Description> => {
  const { unknown, ...description } = await describeSchemas(client, schemas);
  if (unknown.length > 0)
    throw new Error(
      `PostgreSQL has what a snapshot of ours would not bring back: ${unknown.join(', ')}; set data.snapshot and data.restore to pg_dump and pg_restore instead of data.postgres`,
    );
  for (const { table } of description.tables) await client.query(`LOCK TABLE ${table} IN ACCESS SHARE MODE`);
  return description;
};

const writesBetween = async (before: Rows, live: Rows): Promise<Writes> => {
  type Count = { label: string; added: number; left: Map<string, number> };
  const counts = new Map<string, Count>();
  const countOf = (table: string, label: string): Count => {
    const count = counts.get(table) ?? { label, added: 0, left: new Map<string, number>() };
    counts.set(table, count);
    return count;
  };
  for await (const { table, rows } of before) {
    const { left } = countOf(table.table, table.label);
    for (const row of rows) left.set(digestOf(row), (left.get(digestOf(row)) ?? 0) + 1);
  }
  for await (const { table, rows } of live) {
    const count = countOf(table.table, table.label);
    for (const row of rows) {
      const digest = digestOf(row);
      const known = count.left.get(digest) ?? 0;
      if (known === 0) count.added += 1;
      else count.left.set(digest, known - 1);
    }
  }
  const tables = [...counts.values()].map(({ label, added, left }) => ({
    table: label,
    added,
    removed: [...left.values()].reduce((sum, one) => sum + one, 0),
  }));
  const changed = tables.filter(({ added, removed }) => added + removed > 0);
  return { rows: changed.reduce((sum, { added, removed }) => sum + Math.max(added, removed), 0), tables: changed };
};

const digestOf = (row: Row): string => createHash('sha1').update(JSON.stringify(row)).digest('base64');
