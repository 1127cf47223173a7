import type { ColumnRule, CopyConfig } from '../../../catalog/data.js';
import { hides, nameOf, transformOf, type Cell } from '../column-rules.js';
import type { Copied } from '../data-store.js';
import { RawValues, textOf } from '../raw-values.js';
import type { Client } from './connect.js';
import type { Description, PostgresTable } from './describe-schemas.js';
import { readRows } from './rows.js';
import { writeSnapshot, type Row, type Rows } from './snapshot-file.js';

type Rule = { label: string; kind: Kind; rule: ColumnRule };
type Ruled = { table: PostgresTable; rules: Rule[] | 'empty' };

/**
 * Writes an anonymised copy of what is described, in the form of a snapshot: what a rule hides is never written. No text in it may hold
 * a value that was to be hidden; whether its rows still point to each other PostgreSQL checks when they are put in place. Reads twice.
 */
export const anonymiseTo = async (
  path: string,
  client: Client,
  description: Description,
  { seed, tables }: CopyConfig,
): Promise<Copied> => {
  const ruled = description.tables.map((table): Ruled => ({ table, rules: rulesFor(table, tables ?? {}) }));
  const filled = ruled.flatMap(({ table, rules }) => (rules === 'empty' ? [] : [{ table, rules }]));
  const raw = new RawValues();
  const hiding = filled.filter(({ rules }) => rules.some(({ rule }) => hides(rule)));
  for await (const { table, rows } of readRows(
    client,
    hiding.map((one) => one.table),
  )) {
    const columns = hiding.find((one) => one.table === table)?.rules ?? [];
    for (const row of rows)
      for (const [place, { kind, rule }] of columns.entries()) if (hides(rule)) raw.hide(kinds[kind].read(row[place] ?? null));
  }
  const counts = new Map(ruled.map(({ table }) => [table.table, 0]));
  let cells = 0;
  async function* made(): Rows & AsyncGenerator<{ table: PostgresTable; rows: Row[] }> {
    const making = new Map(filled.map(({ table, rules }) => [table.table, rules.map((one) => makerOf(one, seed, raw))]));
    const source = readRows(
      client,
      filled.map(({ table }) => table),
    );
    for await (const { table, rows } of source) {
      const makers = making.get(table.table) ?? [];
      counts.set(table.table, (counts.get(table.table) ?? 0) + rows.length);
      const copies = rows.map((row) => makers.map((make, place) => make(row[place] ?? null)));
      cells += copies.reduce((sum, row) => sum + row.filter((cell) => cell?.looked).length, 0);
      yield { table, rows: copies.map((row) => row.map((cell) => cell?.text ?? null)) };
    }
  }
  await writeSnapshot(path, { ...description, access: null }, made());
  return {
    tables: ruled.map(({ table, rules }) => ({
      table: table.label,
      rows: counts.get(table.table) ?? 0,
      columns:
        rules === 'empty' ? {} : Object.fromEntries(rules.map(({ rule }, place) => [table.columns[place]?.name ?? '', nameOf(rule)])),
    })),
    checked: { rawValues: raw.size, cells, foreignKeys: true },
  };
};

/** A rule for every column. What no rule names is refused, and so is a rule whose values the column can't hold. */
const rulesFor = ({ label, columns }: PostgresTable, rules: NonNullable<CopyConfig['tables']>): Rule[] | 'empty' => {
  const own = rules[label];
  if (own === undefined) throw new Error(`the table ${label} has no rules: give every column one, or set it to "empty"`);
  if (own === 'empty') return own;
  return columns.map(({ name, type }) => {
    const rule = own[name];
    if (rule === undefined) throw new Error(`the column ${label}.${name} has no rule`);
    const kind = kindOf(type);
    const word = typeof rule === 'string' ? rule : 'fake' in rule ? 'fake' : 'shiftDays';
    if (word !== 'keep' && word !== 'null' && !kinds[kind].takes.includes(word))
      throw new Error(
        `${label}.${name}: the rule "${word}" makes nothing that a column of type ${type} can hold; it takes ${['keep', 'null', ...kinds[kind].takes].join(', ')}`,
      );
    return { label: `${label}.${name}`, kind, rule };
  });
};

type Kind = 'text' | 'integer' | 'bigint' | 'number' | 'bytes' | 'date' | 'uuid' | 'other';

const kindOf = (type: string): Kind => {
  const plain = type.replace(/\(.*?\)/, '').replace(/^.*\./, '');
  if (plain.endsWith('[]')) return 'other';
  if (['text', 'character varying', 'character', 'citext', 'name'].includes(plain)) return 'text';
  if (plain === 'integer' || plain === 'bigint' || plain === 'uuid') return plain;
  if (['numeric', 'real', 'double precision'].includes(plain)) return 'number';
  if (plain === 'bytea') return 'bytes';
  return /^(?:date|timestamp.*)$/.test(plain) ? 'date' : 'other';
};

type Form = {
  /** The rules besides keep and null whose values such a column can hold. */
  takes: ('hash' | 'mask' | 'fake' | 'shiftDays')[];
  read: (text: string | null) => Cell;
  write: (cell: NonNullable<Cell>) => string;
  /** Whether the copy is looked through for what was to be hidden. */
  looked: boolean;
};

const asText = { read: (text: string | null): Cell => text, write: String, looked: true };
const numbers = { takes: ['hash', 'mask', 'shiftDays'], looked: false } as const satisfies Partial<Form>;
const asBigint = (text: string | null): Cell => (text === null ? null : BigInt(text));
const largestInteger = 2n ** 31n;

const kinds: Record<Kind, Form> = {
  text: { ...asText, takes: ['hash', 'mask', 'fake', 'shiftDays'] },
  integer: { ...numbers, takes: [...numbers.takes], read: asBigint, write: (cell) => String(BigInt(String(cell)) % largestInteger) },
  bigint: { ...numbers, takes: [...numbers.takes], read: asBigint, write: String },
  number: { ...numbers, takes: [...numbers.takes], read: (text) => (text === null ? null : Number(text)), write: String },
  bytes: {
    takes: ['hash', 'mask'],
    read: (text) => (text === null ? null : Buffer.from(text.slice(2), 'hex')), // PostgreSQL's \x…
    write: (cell) => `\\x${Buffer.isBuffer(cell) ? cell.toString('hex') : ''}`,
    looked: true,
  },
  date: { ...asText, takes: ['shiftDays'], looked: false },
  uuid: {
    ...asText,
    takes: ['hash'],
    write: (cell) =>
      String(cell)
        .padEnd(32, '0')
        .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5'),
  },
  other: { ...asText, takes: [] },
};

type Made = { text: string; looked: boolean } | null;

/** The column of the copy. A value that is kept is kept to the letter. */
const makerOf = ({ label, kind, rule }: Rule, seed: string, raw: RawValues): ((text: string | null) => Made) => {
  const { read, write, looked } = kinds[kind];
  const transform = transformOf(rule, seed);
  const taken = (text: string): boolean => raw.find(text) !== null;
  return (text) => {
    const cell = naming(label, () => transform(read(text), taken));
    if (cell === null) return null;
    if (looked && readingsOf(textOf(cell) ?? '').some((one) => raw.find(one) !== null))
      throw new Error(`${label} of the copy still holds a value that was to be hidden: give the column another rule`);
    return { text: rule === 'keep' ? (text ?? '') : write(cell), looked };
  };
};

/** A text as it stands, and what it says to whoever reads it: arrays and JSON write some letters in another way. */
const readingsOf = (text: string): string[] => [
  text,
  ...(text.includes('\\') ? [text.replaceAll(/\\([^u])/g, '$1'), ...inJson(text)] : []),
];

const inJson = (text: string): string[] => {
  const strings: string[] = [];
  try {
    JSON.parse(text, (key, value: unknown) => {
      strings.push(key, typeof value === 'string' ? value : '');
      return value;
    });
  } catch {
    return []; // it is no JSON, and was looked through as it stands
  }
  return strings;
};

const naming = <T>(label: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    throw new Error(`${label}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
};
