import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import type { Writes } from '../../catalog/data.js';

/** How long a writer of the service may keep us waiting. */
const busyMs = 15_000;

/**
 * Copies a database that may be in use, as it is at one moment, to a file that is there whole or not at all. Pages are copied, so row
 * ids and page sizes stay; the copy is checked before it takes its name.
 */
export const copyAside = async (from: string, to: string): Promise<{ bytes: number; digest: string }> => {
  const draft = `${to}.draft`;
  await removeDatabase(draft);
  const source = openDatabase(from, { fileMustExist: true });
  try {
    // A read transaction holds the moment: without it the copy would begin again whenever the service writes.
    source.exec('BEGIN');
    source.prepare('SELECT 1 FROM sqlite_master').get();
    await source.backup(draft, { progress: () => allPages });
    source.exec('COMMIT');
  } finally {
    source.close();
  }
  const copy = openDatabase(draft);
  try {
    copy.pragma('journal_mode = DELETE'); // one file, with nothing beside it
    checkIntegrity(copy, to);
  } finally {
    copy.close();
  }
  await sync(draft);
  await rename(draft, to);
  await sync(dirname(to));
  return fingerprint(to);
};

/**
 * Puts the content of a file in the place of a database that may be in use: one transaction of SQLite's, seen by every open
 * connection, and none of it when the process dies half way.
 */
export const putInPlace = async (from: string, live: string): Promise<void> => {
  const source = openDatabase(from, { readonly: true, fileMustExist: true });
  try {
    checkIntegrity(source, from);
    const givesUpAt = performance.now() + busyMs;
    await source.backup(live, {
      progress: () => {
        if (performance.now() > givesUpAt) throw new Error(`${live} was locked for ${busyMs} ms`);
        return allPages;
      },
    });
  } finally {
    source.close();
  }
};

/** A counter that every change of the schema raises, `putInPlace` too: it tells whether that has happened. null: there is no database. */
export const schemaCookie = (path: string): number | null => {
  const database = openExisting(path);
  if (database === null) return null;
  try {
    return Number(database.pragma('schema_version', { simple: true }));
  } finally {
    database.close();
  }
};

/** What the schema says, whichever way it came to be. null: there is no database. */
export const schemaOf = (path: string): string | null => {
  const database = openExisting(path);
  if (database === null) return null;
  try {
    const rows = database.prepare<[], { sql: string }>('SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY sql').all();
    return rows.map(({ sql }) => sql).join('\n');
  } finally {
    database.close();
  }
};

/** Rows that one database has and the other has not, table by table. A changed row is one added and one removed. */
export const writesBetween = (before: string, live: string): Writes => {
  const database = openExisting(live);
  if (database === null) return { rows: null, tables: [] };
  try {
    database.prepare('ATTACH ? AS earlier').run(before);
    const namesIn = (schema: string) =>
      database
        .prepare<[], string>(`SELECT name FROM ${schema}.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`)
        .pluck()
        .all();
    const columnsIn = (schema: string, table: string) =>
      JSON.stringify(database.prepare<[string, string], string>('SELECT name FROM pragma_table_info(?, ?)').pluck().all(table, schema));
    const [now, then] = [namesIn('main'), namesIn('earlier')];
    const count = (sql: string) => database.prepare<[], number>(`SELECT count(*) FROM (${sql})`).pluck().get() ?? 0;
    const tables = [...new Set([...now, ...then])].map((table) => {
      const [live, earlier] = [`SELECT * FROM main.${quoted(table)}`, `SELECT * FROM earlier.${quoted(table)}`];
      // A migration that broke off may have changed the columns: then no row is what it was.
      const comparable = now.includes(table) && then.includes(table) && columnsIn('main', table) === columnsIn('earlier', table);
      const added = !now.includes(table) ? 0 : count(comparable ? `${live} EXCEPT ${earlier}` : live);
      const removed = !then.includes(table) ? 0 : count(comparable ? `${earlier} EXCEPT ${live}` : earlier);
      return { table, added, removed };
    });
    const changed = tables.filter(({ added, removed }) => added + removed > 0);
    return { rows: changed.reduce((sum, { added, removed }) => sum + Math.max(added, removed), 0), tables: changed };
  } finally {
    database.close();
  }
};

/** Size and digest of a file's bytes. */
export const fingerprint = async (path: string): Promise<{ bytes: number; digest: string }> => {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, digest: `sha256:${hash.digest('hex')}` };
};

export const openDatabase = (path: string, options: Database.Options = {}): Database.Database =>
  new Database(path, { timeout: busyMs, ...options });

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const removeDatabase = async (path: string): Promise<void> => {
  for (const suffix of ['', '-wal', '-shm', '-journal']) await rm(`${path}${suffix}`, { force: true });
};

export const checkIntegrity = (database: Database.Database, name: string): void => {
  const found = String(database.pragma('integrity_check(1)', { simple: true }));
  if (found !== 'ok') throw new Error(`${name} is damaged: ${found}`);
};

const allPages = 0x7fffffff;

const openExisting = (path: string): Database.Database | null => (existsSync(path) ? openDatabase(path, { fileMustExist: true }) : null);

const sync = async (path: string): Promise<void> => {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
};
