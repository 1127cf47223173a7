import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StagingError } from '../../../catalog/errors.js';

const skipped = new Set(['node_modules', '.git', 'dist', 'coverage']);

/** The tape itself, or every `*.tape.json` below the folder, sorted. Throws TAPE_NOT_FOUND. */
export const findTapes = (path: string): string[] => {
  const at = statSync(path, { throwIfNoEntry: false });
  if (!at) throw new StagingError('TAPE_NOT_FOUND', `Failed to find tapes: there is no ${path}.`);
  return at.isDirectory() ? below(path) : [path];
};

const below = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => a.name.localeCompare(b.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return skipped.has(entry.name) ? [] : below(path);
      return entry.name.endsWith('.tape.json') ? [path] : [];
    });
