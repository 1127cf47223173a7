import type Database from 'better-sqlite3';
import type { ColumnRule, CopyConfig } from '../../catalog/data.js';
import { hides, nameOf, transformOf, type Cell } from './column-rules.js';
import type { Copied } from './data-store.js';
import { RawValues, textOf } from './raw-values.js';
import { checkIntegrity, openDatabase, quoted, removeDatabase } from './sqlite.js';

type Rules = Record<string, 'empty' | Record<string, ColumnRule>>;
type Column = { name: string; rule: ColumnRule };
type Table = { name: string; sql: string; columns: Column[] | 'empty'; order: string };

/**
 * Writes an anonymised copy of an SQLite database to a new file, row by row: what a rule hides is never written, so it is in no free
 * page either. Then it is checked: integrity, foreign keys, and that no text in it holds a value that was to be hidden. Throws with a
 * sentence that names table and column; then there is no copy.
 */
export const anonymise = async (from: string, to: string, { seed, tables: rules = {} }: CopyConfig): Promise<Copied> => {
  await removeDatabase(to);
  const source = openDatabase(from, { readonly: true, fileMustExist: true });
  source.defaultSafeIntegers(true);
  const copy = openDatabase(to);
  try {
    source.exec('BEGIN'); // one moment for all tables
    const tables = readTables(source, rules);
    const raw = readRawValues(source, tables);
    const counted = writeRows(source, copy, tables, raw, seed);
    writeTheRest(source, copy);
    checkIntegrity(copy, 'the copy');
    checkForeignKeys(copy);
    const cells = checkSurvivors(copy, raw);
    return { tables: counted, checked: { rawValues: raw.size, cells, foreignKeys: true } };
  } catch (error) {
    copy.close();
    await removeDatabase(to);
    throw error;
  } finally {
    source.close();
    copy.close();
  }
};

/** The tables of the source with a rule for every column. What no rule names is refused; a rule for what is not there yet does no harm. */
const readTables = (source: Database.Database, rules: Rules): Table[] => {
  const found = source
    .prepare<[], { name: string; sql: string }>(
      "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )
    .all();
  return found.map(({ name, sql }) => {
    const own = rules[name];
    if (own === undefined) throw new Error(`the table ${name} has no rules: give every column one, or set it to "empty"`);
    if (/^\s*CREATE\s+VIRTUAL/i.test(sql)) throw new Error(`${name} is a virtual table, which can't be copied row by row`);
    if (own === 'empty') return { name, sql, columns: own, order: '' };
    const present = source
      .prepare<[], { name: string; hidden: bigint; pk: bigint }>(`PRAGMA table_xinfo(${quoted(name)})`)
      .all()
      .filter(({ hidden }) => hidden === 0n); // what is computed comes out of what is copied
    const columns = present.map(({ name: column }) => {
      const rule = own[column];
      if (rule === undefined) throw new Error(`the column ${name}.${column} has no rule`);
      return { name: column, rule };
    });
    const keys = present.filter(({ pk }) => pk > 0n).map((one) => quoted(one.name));
    return { name, sql, columns, order: keys.length > 0 ? keys.join(', ') : 'rowid' };
  });
};

/** Every value that a rule hides. What a mask would leave as it is says nothing about anybody. */
const readRawValues = (source: Database.Database, tables: readonly Table[]): RawValues => {
  const raw = new RawValues();
  for (const { name, columns } of tables) {
    if (columns === 'empty') continue;
    for (const { name: column, rule } of columns) {
      if (!hides(rule)) continue;
      const values = source.prepare<[], Cell>(`SELECT DISTINCT ${quoted(column)} FROM ${quoted(name)}`).pluck();
      for (const value of values.iterate()) raw.hide(value);
    }
  }
  return raw;
};

const writeRows = (
  source: Database.Database,
  copy: Database.Database,
  tables: readonly Table[],
  raw: RawValues,
  seed: string,
): Copied['tables'] => {
  copy.pragma('foreign_keys = OFF');
  copy.exec('BEGIN');
  for (const { sql } of tables) copy.exec(sql);
  const taken = (text: string): boolean => raw.find(text) !== null;
  const counted = tables.map(({ name, columns, order }) => {
    if (columns === 'empty' || columns.length === 0) return { table: name, rows: 0, columns: {} };
    const names = columns.map((column) => quoted(column.name)).join(', ');
    const insert = copy.prepare(`INSERT INTO ${quoted(name)} (${names}) VALUES (${columns.map(() => '?').join(', ')})`);
    const transforms = columns.map(({ rule }) => transformOf(rule, seed));
    let rows = 0;
    for (const row of source
      .prepare<[], Cell[]>(`SELECT ${names} FROM ${quoted(name)} ORDER BY ${order}`)
      .raw()
      .iterate()) {
      const cells = row.map((cell, place) => {
        try {
          return transforms[place]?.(cell, taken) ?? null;
        } catch (error) {
          throw new Error(`${name}.${columns[place]?.name}: ${String(error instanceof Error ? error.message : error)}`, { cause: error });
        }
      });
      try {
        insert.run(cells);
      } catch (error) {
        throw new Error(`a row of ${name} does not fit its own table any more: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
      }
      rows += 1;
    }
    return { table: name, rows, columns: Object.fromEntries(columns.map((column) => [column.name, nameOf(column.rule)])) };
  });
  copy.exec('COMMIT');
  return counted;
};

/** Indexes, views and triggers after the rows, so that no trigger writes while rows are copied. */
const writeTheRest = (source: Database.Database, copy: Database.Database): void => {
  const rest = source
    .prepare<[], string>("SELECT sql FROM sqlite_master WHERE type <> 'table' AND sql IS NOT NULL ORDER BY type, name")
    .pluck();
  for (const sql of rest.all()) copy.exec(sql);
  copy.pragma(`user_version = ${String(source.pragma('user_version', { simple: true }))}`);
};

const checkForeignKeys = (copy: Database.Database): void => {
  const broken = copy.prepare<[], { table: string; parent: string }>('PRAGMA foreign_key_check').all()[0];
  if (broken !== undefined)
    throw new Error(`a row of ${broken.table} points to a row of ${broken.parent} that is not there: both columns need the same rule`);
};

/** Reads every text and every blob of the copy. Returns how many. */
const checkSurvivors = (copy: Database.Database, raw: RawValues): number => {
  let cells = 0;
  const tables = copy.prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").pluck().all();
  for (const table of tables) {
    for (const row of copy.prepare<[], Record<string, Cell>>(`SELECT * FROM ${quoted(table)}`).iterate()) {
      for (const [column, cell] of Object.entries(row)) {
        const text = typeof cell === 'string' || Buffer.isBuffer(cell) ? textOf(cell) : null;
        if (text === null) continue;
        cells += 1;
        if (raw.find(text) !== null)
          throw new Error(`${table}.${column} of the copy still holds a value that was to be hidden: give the column another rule`);
      }
    }
  }
  return cells;
};
