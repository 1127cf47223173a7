import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { reason, StagingError } from '../catalog/errors.js';

/** One writer per tape: a file beside it names the process. One that a dead process left is taken over. Throws TAPE_BUSY, TAPE_WRITE_FAILED. */
export const lockTape = (file: string): (() => void) => {
  const lock = `${file}.lock`;
  for (const last of [false, true]) {
    try {
      mkdirSync(dirname(lock), { recursive: true });
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return () => rmSync(lock, { force: true });
    } catch (error) {
      if (!isTaken(error))
        throw new StagingError('TAPE_WRITE_FAILED', `Failed to lock the tape ${file}: ${reason(error)}.`, { cause: error });
      const owner = ownerOf(lock);
      if (last || owner === null || isAlive(owner))
        throw new StagingError(
          'TAPE_BUSY',
          `Failed to open the tape ${file} for recording: process ${owner ?? 'unknown'} is recording it.`,
        );
      rmSync(lock, { force: true });
    }
  }
  throw new StagingError('TAPE_BUSY', `Failed to open the tape ${file} for recording: another process is recording it.`);
};

const isTaken = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EEXIST';

/** Null where the file was taken away meanwhile or names nobody. */
const ownerOf = (lock: string): number | null => {
  try {
    const owner = Number.parseInt(readFileSync(lock, 'utf8'), 10);
    return Number.isNaN(owner) ? null : owner;
  } catch {
    return null; // its owner has just ended: whoever asks again gets it
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'; // it lives, under another user
  }
};
