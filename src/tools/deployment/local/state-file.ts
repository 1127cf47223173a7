import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { StagingError, isWriteRefused, reason } from '../../../catalog/errors.js';

/**
 * A small JSON document that is either the old one or the new one, never half of each: written beside, synced, renamed.
 * Writes queue up, so the last one asked for is the one that stays. Reading throws STORE_UNREADABLE.
 */
export const openStateFile = <T>(path: string, schema: z.ZodType<T>, initial: T) => {
  let last: Promise<void> = Promise.resolve();
  return {
    path,
    read: async (): Promise<T> => {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw unreadable(path, error);
      });
      if (text === null) return initial;
      try {
        return schema.parse(JSON.parse(text));
      } catch (error) {
        throw unreadable(path, error);
      }
    },
    write: (value: T): Promise<void> => {
      const text = `${JSON.stringify(value, null, 2)}\n`;
      const write = () => replace(path, text);
      last = last.then(write, write); // an earlier failure was told to whoever asked for that write
      return last;
    },
  };
};

const replace = async (path: string, text: string): Promise<void> => {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    throw new StagingError(
      isWriteRefused(error) ? 'JOURNAL_WRITE_FAILED' : 'ADAPTER_FAILED',
      `Failed to record the environment in ${path}: ${reason(error)}.`,
      { cause: error },
    );
  }
};

const unreadable = (path: string, error: unknown) =>
  new StagingError('STORE_UNREADABLE', `Failed to read ${path}: ${reason(error)}.`, { cause: error });

const artifact = z.object({ version: z.string(), digest: z.string(), path: z.string(), configuration: z.string().optional() });

/** What an environment must be after a restart of ours. */
export const recordSchema = z.object({
  activeSlot: z.enum(['blue', 'green']),
  weight: z.number(),
  slots: z.object({ blue: artifact.nullable(), green: artifact.nullable() }),
});
export type EnvironmentRecord = z.infer<typeof recordSchema>;
export const emptyRecord: EnvironmentRecord = { activeSlot: 'blue', weight: 0, slots: { blue: null, green: null } };

/** What runs now, so that a later run can end what an earlier one left behind. */
export const runningSchema = z.array(
  z.object({ slot: z.enum(['blue', 'green']), pid: z.number().int().positive(), port: z.number().int(), command: z.array(z.string()) }),
);
export type Running = z.infer<typeof runningSchema>;
