import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { StagingError, reason } from '../../../catalog/errors.js';
import { readTextFile } from '../read-text-file.js';
import { advisorySchema, type Advisory } from './osv.js';

const maxAdvisoryBytes = 512 * 1024 ** 2;

/**
 * The OSV records of a file, or of every .json file in a folder and below. Throws ADAPTER_FAILED when there is none, and for any file
 * that holds something else: a record that cannot be read may be the one that matters.
 */
export const readAdvisories = async (path: string): Promise<Advisory[]> => {
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(path, reason(error), error);
  });
  const files = found.isDirectory() ? await jsonFiles(path) : [path];
  const advisories: Advisory[] = [];
  for (const file of files) advisories.push(...(await recordsOf(file)));
  if (advisories.length === 0) throw unreadable(path, 'it holds no advisory');
  return advisories;
};

const unreadable = (path: string, why: string, cause?: unknown): StagingError =>
  new StagingError('ADAPTER_FAILED', `Failed to read the advisories in ${path}: ${why}.`, { cause });

const jsonFiles = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true }))
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(folder, name));

const fileSchema = z.union([z.array(advisorySchema), advisorySchema.transform((one) => [one])]);

const recordsOf = async (file: string): Promise<Advisory[]> => {
  const text = (await readTextFile(file, maxAdvisoryBytes)) ?? '';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unreadable(file, reason(error), error);
  }
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) throw unreadable(file, 'it is neither a record of the OSV format nor a list of them', parsed.error);
  return parsed.data;
};
