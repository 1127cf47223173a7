import { createHmac } from 'node:crypto';
import type { ColumnRule } from '../../catalog/data.js';

export type Cell = string | number | bigint | Buffer | null;

/** A column as it is in the copy. `taken` tells what must not appear there: a made-up value that happens to be a real one is made again. */
export type Transform = (value: Cell, taken: (text: string) => boolean) => Cell;

/**
 * What a rule makes of a value: always the same of the same value and seed, in whichever table it stands, so that what belonged together
 * belongs together in the copy. Null stays null.
 */
export const transformOf = (rule: ColumnRule, seed: string): Transform => {
  if (rule === 'keep') return (value) => value;
  if (rule === 'null') return () => null;
  if (rule === 'mask')
    return (value) =>
      value === null
        ? null
        : typeof value === 'string'
          ? mask(value)
          : typeof value === 'bigint'
            ? 0n
            : typeof value === 'number'
              ? 0
              : null;
  if (rule === 'hash') return (value, taken) => (value === null ? null : retried(seed, value, taken, (bytes) => hashed(bytes, value)));
  if ('fake' in rule) return (value, taken) => (value === null ? null : retried(seed, value, taken, fakes[rule.fake]));
  return (value) => shifted(value, daysOf(seed, rule.shiftDays));
};

/** How a rule reads in evidence. */
export const nameOf = (rule: ColumnRule): string =>
  typeof rule === 'string' ? rule : 'fake' in rule ? `fake ${rule.fake}` : `shifted by up to ${rule.shiftDays} days`;

/** Whether the rule hides what was there, so that it may not be found in the copy. Dates collide by nature: one shifted date is another's. */
export const hides = (rule: ColumnRule): boolean => rule !== 'keep' && !(typeof rule === 'object' && 'shiftDays' in rule);

/** Letters and digits lose what they are and keep where they stand. */
export const mask = (text: string): string => text.replaceAll(/\p{L}/gu, 'x').replaceAll(/\p{N}/gu, '0');

const attempts = 50;

const retried = (seed: string, value: NonNullable<Cell>, taken: (text: string) => boolean, make: (bytes: Buffer) => Cell): Cell => {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const made = make(keyed(seed, value, attempt));
    if (typeof made !== 'string' || !taken(made)) return made;
  }
  throw new Error(`no value could be made up that is not among the real ones, after ${attempts} tries`);
};

const keyed = (seed: string, value: NonNullable<Cell>, attempt: number): Buffer =>
  createHmac('sha256', seed)
    .update(attempt === 0 ? '' : `${attempt}:`)
    .update(Buffer.isBuffer(value) ? value : String(value))
    .digest();

/** Text becomes text and a number a number, so that the column keeps its type and its comparisons. */
const hashed = (bytes: Buffer, value: NonNullable<Cell>): Cell =>
  typeof value === 'string'
    ? bytes.toString('hex', 0, 12)
    : Buffer.isBuffer(value)
      ? bytes
      : typeof value === 'bigint'
        ? BigInt(bytes.readUIntBE(0, 6))
        : bytes.readUIntBE(0, 6);

const first = ['Alva', 'Bo', 'Cleo', 'Dani', 'Eli', 'Fin', 'Gale', 'Hari', 'Ines', 'Juno', 'Kit', 'Lou', 'Mika', 'Noa', 'Ola', 'Pax'];
const last = [
  'Ashdown',
  'Birk',
  'Corvin',
  'Dahl',
  'Elmer',
  'Fjord',
  'Grove',
  'Heath',
  'Ivers',
  'Juniper',
  'Kestrel',
  'Linden',
  'Moor',
  'North',
];
const cities = ['Ashford', 'Birkenau', 'Claremont', 'Dunmore', 'Elmstead', 'Fairview', 'Glenwood', 'Hartwell', 'Ivybridge', 'Kirkby'];
const words = ['amber', 'birch', 'cloud', 'dune', 'ember', 'fern', 'grain', 'harbor', 'iris', 'jade', 'kelp', 'loam', 'moss', 'north'];

const pick = (list: readonly string[], byte: number | undefined): string => list[(byte ?? 0) % list.length] ?? '';

/** Each carries enough of the digest that two people do not become one. */
const fakes: Record<'name' | 'email' | 'phone' | 'city' | 'text', (bytes: Buffer) => string> = {
  name: (bytes) => `${pick(first, bytes[0])} ${pick(last, bytes[1])} ${bytes.toString('hex', 2, 7)}`,
  email: (bytes) => `${pick(first, bytes[0])}.${bytes.toString('hex', 2, 8)}@example.invalid`.toLowerCase(),
  phone: (bytes) => `+999 ${String(bytes.readUIntBE(0, 6) % 1e12).padStart(12, '0')}`,
  city: (bytes) => `${pick(cities, bytes[0])} ${bytes.toString('hex', 1, 3)}`,
  text: (bytes) => [...bytes.subarray(0, 6)].map((byte) => pick(words, byte)).join(' '),
};

/** The same number of days for every value, never none: intervals between dates stay what they were. */
const daysOf = (seed: string, most: number): number => {
  const bytes = createHmac('sha256', seed).update('shift').digest();
  return (1 + (bytes.readUInt32BE(0) % most)) * ((bytes[4] ?? 0) % 2 === 0 ? 1 : -1);
};

const dayMs = 86_400_000;

/** Seconds and milliseconds since the epoch, and ISO dates with or without a time. What is no date becomes null. */
const shifted = (value: Cell, days: number): Cell => {
  if (typeof value === 'bigint') return value + BigInt(days * (value > 100_000_000_000n ? dayMs : dayMs / 1_000));
  if (typeof value === 'number') return value + days * (value > 100_000_000_000 ? dayMs : dayMs / 1_000);
  if (typeof value !== 'string') return null;
  const [, date, rest = ''] = /^(\d{4}-\d{2}-\d{2})(.*)$/s.exec(value) ?? [];
  const at = Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(at) ? null : `${new Date(at + days * dayMs).toISOString().slice(0, 10)}${rest}`;
};
