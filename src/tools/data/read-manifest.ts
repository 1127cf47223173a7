import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { manifestSchema, type Migration } from '../../catalog/data.js';
import { reason } from '../../catalog/errors.js';

/**
 * What a version says about its migrations: a file in its artifact, or a folder of such files, so that two features do not meet in one.
 * null: it says nothing. `problem`: it says something that can't be understood.
 */
export const readManifest = async (artifact: string, path: string): Promise<{ migrations: Migration[] | null } | { problem: string }> => {
  const full = join(artifact, path);
  const found = await stat(full).catch(() => null); // not there: the version says nothing
  if (found === null) return { migrations: null };
  try {
    const files = found.isDirectory() ? (await readdir(full)).filter((name) => name.endsWith('.json')).sort() : [''];
    const parts = [];
    for (const file of files) parts.push(...(await readPart(join(full, file))));
    return manifestSchema.parse({ migrations: parts });
  } catch (error) {
    return { problem: `${path}: ${reason(error)}` };
  }
};

const readPart = async (file: string): Promise<Migration[]> => manifestSchema.parse(JSON.parse(await readFile(file, 'utf8'))).migrations;
