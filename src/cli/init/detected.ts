import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StagingConfigInput } from '../../catalog/config.js';

type Suite = NonNullable<StagingConfigInput['suites']>[number];

/** What stands in the repository, and where it was seen. */
export type Seen<T> = { value: T; from: string };

/** What one kind of repository tells. What it does not tell is null. */
export type Detected = {
  name: string | null;
  start: Seen<string[]> | null;
  build: Seen<string[]> | null;
  test: Seen<Pick<Suite, 'command' | 'format'>> | null;
  lockFile: string | null;
};

export const nothing: Detected = { name: null, start: null, build: null, test: null, lockFile: null };

/** A file of the repository, or null where it is not there. */
export const textOf = (root: string, path: string): string | null => {
  const file = join(root, path);
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
};

/** The first of these files that is there. */
export const firstOf = (root: string, paths: readonly string[]): string | null =>
  paths.find((path) => existsSync(join(root, path))) ?? null;

/** A line as people type it: its words, or a shell that reads it where it needs one. */
export const commandOf = (line: string): string[] => {
  const words = line.trim().match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
  return /[|&;<>$`()*?~]|^\w+=/.test(line) ? ['sh', '-c', line.trim()] : words.map((word) => word.replace(/^(["'])(.*)\1$/, '$2'));
};
