import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';

/** A record on disk, or null: one that is missing or unreadable is made again by its caller, never trusted. */
export const readJsonFile = async <T>(path: string, schema: z.ZodType<T>): Promise<T | null> => {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return text === null ? null : (schema.safeParse(parseJson(text)).data ?? null);
};

/** Written whole or not at all: to a file beside it, then renamed. */
export const writeJsonFile = async (path: string, value: unknown): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  await writeFile(beside, `${JSON.stringify(value, null, 2)}\n`);
  await rename(beside, path);
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // fits no schema, which is what the caller asks about
  }
};
