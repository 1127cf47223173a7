import { join } from 'node:path';
import Database from 'better-sqlite3';
import { StagingError } from '../catalog/errors.js';

/** One acting process per state directory. The operating system gives the lock back when the process dies, however it dies. */
export const takeLock = (stateDir: string): (() => void) => {
  const db = new Database(join(stateDir, 'lock.db'), { timeout: 0 });
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    throw new StagingError('RELEASE_RUNNING', `Failed to begin: another process is running a release in ${stateDir}.`, { cause: error });
  }
  return () => {
    if (db.open) db.close();
  };
};
