import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { Taken } from '../data-store.js';
import { fingerprint } from '../sqlite.js';
import { descriptionSchema, type Description, type PostgresTable } from './describe-schemas.js';

/** A row as PostgreSQL writes it: one text for each column, as it reads them again. */
export type Row = (string | null)[];

const headSchema = z.object({ format: z.literal('langgraph-staging/postgres-1'), description: descriptionSchema });
const lineSchema = z.union([z.object({ table: z.string() }), z.array(z.string().nullable())]);

/** Rows in batches, table by table. */
export type Rows = AsyncIterable<{ table: PostgresTable; rows: Row[] }>;

/** Writes description and rows to a file of JSON lines that is there whole or not at all, and only its owner may read. */
export const writeSnapshot = async (path: string, description: Description, batches: Rows): Promise<Taken> => {
  const draft = `${path}.draft`;
  try {
    await pipeline(Readable.from(linesOf(description, batches)), createWriteStream(draft, { mode: 0o600, flush: true }));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await rename(draft, path);
  const folder = await open(dirname(path), 'r');
  await folder.sync().finally(() => folder.close());
  return fingerprint(path);
};

async function* linesOf(description: Description, batches: Rows): AsyncGenerator<string> {
  yield line({ format: 'langgraph-staging/postgres-1', description });
  let at: PostgresTable | null = null;
  for await (const { table, rows } of batches) {
    if (table !== at) yield line({ table: table.table });
    at = table;
    yield rows.map(line).join('');
  }
}

/** Node's reader of lines ends one at these two as well, which JSON does not escape. */
const line = (value: unknown): string => `${JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}\n`;

/** Reads what `writeSnapshot` wrote: first what it describes, then its rows in batches. Throws when it is something else. */
export const readSnapshot = async (path: string): Promise<{ description: Description; batches: Rows }> => {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity })[Symbol.asyncIterator]();
  const first = await lines.next();
  const { description } = headSchema.parse(JSON.parse(first.done === true ? '{}' : first.value));
  return { description, batches: batchesOf(lines, description.tables) };
};

const batchRows = 500;

async function* batchesOf(
  lines: AsyncIterableIterator<string>,
  tables: readonly PostgresTable[],
): AsyncGenerator<{ table: PostgresTable; rows: Row[] }> {
  let table: PostgresTable | undefined;
  let rows: Row[] = [];
  for await (const text of lines) {
    const value = lineSchema.parse(JSON.parse(text));
    const isRow = Array.isArray(value);
    if (table !== undefined && rows.length > 0 && (!isRow || rows.length >= batchRows)) {
      yield { table, rows };
      rows = [];
    }
    if (isRow) rows.push(value);
    else table = tables.find((one) => one.table === value.table);
  }
  if (table !== undefined && rows.length > 0) yield { table, rows };
}
