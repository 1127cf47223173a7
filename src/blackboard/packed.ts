import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** A text as it lies in SQLite: as it is, or the bytes of a longer one, made smaller. PostgreSQL does so by itself. */
export type Packed = string | Buffer;

/** Shorter ones lie in the page that they would be rounded up to anyway. */
const shortest = 1_024;

/** Nothing that a tool leaves is as long; bytes that claim to be were not written here. */
const longest = 2 ** 28;

export const pack = (text: string): Packed => (text.length < shortest ? text : deflateRawSync(text, { level: 1 }));

/** What was changed by somebody else may be no such bytes any more: then it is no text that anybody wrote, and no digest fits. */
export const unpack = (value: Packed): string => {
  if (typeof value === 'string') return value;
  try {
    return inflateRawSync(value, { maxOutputLength: longest }).toString();
  } catch {
    return '';
  }
};
