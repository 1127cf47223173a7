import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { reason, StagingError } from '../catalog/errors.js';

/** Digests of prompt files (or of every file in prompt folders), by path from the tape's folder. Throws TAPE_OPTIONS_INVALID. */
export const promptDigests = (tapeFile: string, prompts: readonly string[]): Record<string, string> => {
  const from = dirname(resolve(tapeFile));
  const files = [...new Set(prompts.flatMap((prompt) => filesAt(resolve(prompt))))].sort();
  return Object.fromEntries(files.map((file) => [relative(from, file).split(sep).join('/'), digestOfFile(file)]));
};

const filesAt = (path: string): string[] => {
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path, { recursive: true, encoding: 'utf8' })
      .map((name) => join(path, name))
      .filter((file) => statSync(file).isFile());
  } catch (error) {
    throw new StagingError(
      'TAPE_OPTIONS_INVALID',
      `Failed to open the tape: prompts names ${path}, which cannot be read (${reason(error)}).`,
    );
  }
};

const digestOfFile = (file: string): string => `sha256:${createHash('sha256').update(readFileSync(file)).digest('hex')}`;

export type PromptChange = { file: string; change: 'changed' | 'added' | 'removed' };

export const promptChanges = (before: Record<string, string>, now: Record<string, string>): PromptChange[] =>
  [...new Set([...Object.keys(before), ...Object.keys(now)])].sort().flatMap((file): PromptChange[] => {
    if (before[file] === now[file]) return [];
    return [{ file, change: before[file] === undefined ? 'added' : now[file] === undefined ? 'removed' : 'changed' }];
  });

/** What the tape's prompt files hold now; a file that is gone is left out. */
export const promptsNow = (tapeFile: string, recorded: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.keys(recorded).flatMap((name) => {
      const file = resolve(dirname(tapeFile), name);
      return statSync(file, { throwIfNoEntry: false })?.isFile() ? [[name, digestOfFile(file)]] : [];
    }),
  );
