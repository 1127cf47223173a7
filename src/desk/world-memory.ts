import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorldMemory } from '../scenario/simulated-world.js';
import { reason, StagingError } from '../catalog/errors.js';

const fileOf = (stateDir: string): string => join(stateDir, 'world.json');

/** The simulated world as the newest process left it, or null. Throws STORE_UNREADABLE. */
export const recallWorld = (stateDir: string): WorldMemory | null => {
  const file = fileOf(stateDir);
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as WorldMemory; // written below, whole
  } catch (error) {
    throw new StagingError('STORE_UNREADABLE', `Failed to read the simulated world in ${file}: ${reason(error)}.`, { cause: error });
  }
};

/** Written whole, so that a process that dies leaves the world before or after its last change. Throws JOURNAL_WRITE_FAILED. */
export const rememberWorld = (stateDir: string, memory: WorldMemory): void => {
  const file = fileOf(stateDir);
  try {
    writeFileSync(`${file}.new`, JSON.stringify(memory));
    renameSync(`${file}.new`, file);
  } catch (error) {
    throw new StagingError('JOURNAL_WRITE_FAILED', `Failed to write the simulated world in ${file}: ${reason(error)}.`, { cause: error });
  }
};
