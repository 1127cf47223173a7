import { createHash } from 'node:crypto';
import { StagingError } from '../catalog/errors.js';
import { isObject } from './conversation.js';
import type { Json, Tape, TapeFile } from './tape-file.js';

/** Shorter texts are easier to read where they stand than under a digest. */
const worthSharing = 200;
const reference = '$part';

/**
 * Every turn of a conversation sends all that was said before it, with the same tools and the same system prompt. What stands in several
 * requests is written once, under its digest; the largest parts that repeat are taken, whole. So a prompt that changes is one change in the file.
 */
export const shareParts = ({ calls, ...tape }: Tape): TapeFile => {
  const counts = new Map<string, number>();
  for (const { request } of calls) countParts(request.body, counts);
  const parts = new Map<string, Json>();
  const packed = calls.map((call) => ({ ...call, request: { ...call.request, body: pack(call.request.body, counts, parts) } }));
  return { ...tape, parts: Object.fromEntries([...parts].sort(([a], [b]) => (a < b ? -1 : 1))), calls: packed };
};

const countParts = (value: Json, counts: Map<string, number>): void => {
  const text = JSON.stringify(value);
  if (text.length < worthSharing) return;
  const before = counts.get(text) ?? 0;
  counts.set(text, before + 1);
  if (before > 0) return; // what is inside repeats with it
  for (const item of itemsOf(value)) countParts(item, counts);
};

const pack = (value: Json, counts: ReadonlyMap<string, number>, parts: Map<string, Json>): Json => {
  const text = JSON.stringify(value);
  if (isReference(value) || (counts.get(text) ?? 0) > 1) {
    const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
    parts.set(digest, value);
    return { [reference]: digest };
  }
  if (text.length < worthSharing && !text.includes(reference)) return value;
  if (Array.isArray(value)) return value.map((item) => pack(item, counts, parts));
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, pack(item, counts, parts)])) : value;
};

/** The tape with every part in its places. Throws TAPE_INVALID for one that is not there. */
export const unshareParts = ({ parts, calls, ...tape }: TapeFile, file: string): Tape => {
  const whole = (value: Json): Json => {
    if (isReference(value)) {
      const part = parts[value[reference]];
      if (part !== undefined) return part;
      throw new StagingError('TAPE_INVALID', `Failed to read the tape ${file}: its part ${value[reference]} is missing.`);
    }
    if (Array.isArray(value)) return value.map(whole);
    return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, whole(item)])) : value;
  };
  return { ...tape, calls: calls.map((call) => ({ ...call, request: { ...call.request, body: whole(call.request.body) } })) };
};

const itemsOf = (value: Json): Json[] => (Array.isArray(value) ? value : isObject(value) ? Object.values(value) : []);

/** What a program itself sends in this shape is shared too, so that a reference in a file is always ours. */
const isReference = (value: Json): value is { [reference]: string } =>
  isObject(value) && Object.keys(value).length === 1 && typeof value[reference] === 'string';
