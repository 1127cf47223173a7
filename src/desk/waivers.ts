import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { waiverSchema, type Waiver } from '../catalog/approval-config.js';
import { reason, StagingError } from '../catalog/errors.js';

const fileOf = (stateDir: string): string => join(stateDir, 'waivers.json');

/** The waivers that people gave by command, besides those of the configuration. Throws STORE_UNREADABLE. */
export const readWaivers = (stateDir: string): Waiver[] => {
  const file = fileOf(stateDir);
  if (!existsSync(file)) return [];
  try {
    return z.array(waiverSchema).parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new StagingError('STORE_UNREADABLE', `Failed to read the waivers in ${file}: ${reason(error)}.`, { cause: error });
  }
};

/** Replaces them whole, so that a reader sees the old ones or the new ones. Throws JOURNAL_WRITE_FAILED. */
export const writeWaivers = (stateDir: string, waivers: readonly Waiver[]): void => {
  const file = fileOf(stateDir);
  try {
    mkdirSync(stateDir, { recursive: true });
    writeFileSync(`${file}.new`, `${JSON.stringify(waivers, null, 2)}\n`);
    renameSync(`${file}.new`, file);
  } catch (error) {
    throw new StagingError('JOURNAL_WRITE_FAILED', `Failed to write the waivers in ${file}: ${reason(error)}.`, { cause: error });
  }
};
