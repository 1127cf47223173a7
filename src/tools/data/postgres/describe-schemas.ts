import { z } from 'zod';
import { accessRights, afterRows, asked, beforeRows, relationIds, sequenceNames, tableColumns, unknownObjects } from './catalog-queries.js';
import type { Client } from './connect.js';

const column = z.object({ name: z.string(), type: z.string() });
const table = z.object({
  /** With its schema and quoted, as SQL wants it. */
  table: z.string(),
  /** As a person and a configuration say it. */
  label: z.string(),
  columns: z.array(column),
  key: z.array(z.string()),
});
export type PostgresTable = z.infer<typeof table>;

const sequence = z.object({ name: z.string(), lastValue: z.string(), isCalled: z.boolean() });

export const descriptionSchema = z.object({
  /** The major version of the server: another one may say the same in other words. */
  server: z.number(),
  tables: z.array(table),
  sequences: z.array(sequence),
  before: z.array(z.string()),
  after: z.array(z.string()),
  /** null in a copy for another server. */
  access: z.array(z.object({ object: z.string(), sql: z.string() })).nullable(),
});
export type Description = z.infer<typeof descriptionSchema>;

/** What the schemas hold, as the statements that make it again, and what there is beyond those. */
export const describeSchemas = async (client: Client, schemas: readonly string[]): Promise<Description & { unknown: string[] }> => {
  const rows = async (sql: string): Promise<Record<string, string>[]> => (await client.query<Record<string, string>>(sql, [schemas])).rows;
  const statements = async (queries: readonly string[]): Promise<string[]> => {
    const found = [];
    for (const sql of asked(queries)) found.push(...(await rows(sql)).map((row) => row['sql'] ?? ''));
    return found.sort();
  };
  const tables = (await rows(tableColumns)).map((row) =>
    table.parse({
      ...row,
      label: schemas.length === 1 ? row['plain'] : `${row['schema']}.${row['plain']}`,
      columns: JSON.parse(row['columns'] ?? '[]') as unknown,
      key: JSON.parse(row['key'] ?? '[]') as unknown,
    }),
  );
  const sequences = [];
  for (const { name = '' } of await rows(sequenceNames)) {
    const [at] = (await client.query<{ last_value: string; is_called: string }>(`SELECT last_value, is_called FROM ${name}`)).rows;
    sequences.push({ name, lastValue: at?.last_value ?? '1', isCalled: at?.is_called === 't' });
  }
  const access = [];
  for (const sql of asked(accessRights))
    access.push(...(await rows(sql)).map(({ object = '', sql: grant = '' }) => ({ object, sql: grant })));
  const version = (await client.query<{ server_version_num: string }>('SHOW server_version_num')).rows[0]?.server_version_num;
  return {
    server: Math.floor(Number(version) / 10_000),
    tables,
    sequences,
    before: await statements(beforeRows),
    after: await statements(afterRows),
    access,
    unknown: [
      ...(await statements(unknownObjects)),
      ...tables.filter(({ columns }) => columns.length === 0).map(({ label }) => `${label}, a table without columns`),
    ],
  };
};

/** What the data is, without where its sequences stand and who may see it. */
export const shapeOf = ({ tables, before, after }: Description): string => JSON.stringify({ tables, before, after });

/** What `Cookie` asks for. */
export const idsOf = async (client: Client, schemas: readonly string[]): Promise<string> =>
  (await client.query<{ id: string }>(relationIds, [schemas])).rows[0]?.id ?? '';
