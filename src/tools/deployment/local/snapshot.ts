import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Snapshot, Writes } from '../../../catalog/data.js';
import { reason, StagingError } from '../../../catalog/errors.js';
import type { EnvironmentName } from '../../../catalog/tools.js';
import type { Cookie, DataStore } from '../../data/data-store.js';
import { fingerprint } from '../../data/sqlite.js';
import type { Clock } from '../../ports.js';

export type SnapshotOptions = { environment: EnvironmentName; stores: readonly DataStore[]; clock: Clock };

/** Copies every declared store into the folder. Throws SNAPSHOT_FAILED. */
export const takeSnapshot = async (folder: string, { environment, stores, clock }: SnapshotOptions): Promise<Snapshot> => {
  const startedAt = clock.now();
  try {
    await mkdir(folder, { recursive: true });
    const files = [];
    for (const store of stores) {
      const path = pathIn(folder, store);
      const taken = await store.snapshot(path);
      if (taken !== null) files.push({ of: store.of, path, ...taken });
    }
    const none = files.length === 0;
    return {
      environment,
      status: none ? 'none' : 'taken',
      reason: none ? 'there is no data yet' : '',
      files,
      durationMs: clock.now() - startedAt,
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined); // what is reported is why it failed
    if (error instanceof StagingError && (error.code === 'COMMAND_MISSING' || error.code === 'PG_MISSING')) throw error;
    throw new StagingError('SNAPSHOT_FAILED', `Failed to take a snapshot of ${environment}: ${reason(error)}.`, { cause: error });
  }
};

/** The stores as they are now: what `restoreSnapshot` compares with after a crash. */
export const cookiesOf = (stores: readonly DataStore[]): Promise<Cookie[]> => Promise.all(stores.map((store) => store.cookie()));

/**
 * Brings the data back to what the snapshot holds, below the running service. `begunWith` are the cookies from before a first try:
 * a store whose cookie has changed since was restored then, and what has been written to it after that is not taken again. Throws RESTORE_FAILED.
 */
export const restoreSnapshot = async (
  snapshot: Snapshot,
  begunWith: readonly Cookie[],
  { environment, stores }: SnapshotOptions,
): Promise<void> => {
  try {
    for (const { of, path, digest } of snapshot.files) {
      if (!existsSync(path)) throw new Error(`the snapshot ${path} is gone`);
      if ((await fingerprint(path)).digest !== digest) throw new Error(`the snapshot ${path} is not what was taken: its digest is another`);
      const place = stores.findIndex((store) => store.of === of);
      const store = stores[place];
      if (store === undefined) throw new Error(`${of} is no longer declared in the configuration`);
      if ((await store.cookie()) === (begunWith[place] ?? null)) await store.restore(path);
    }
  } catch (error) {
    if (error instanceof StagingError) throw error;
    throw new StagingError('RESTORE_FAILED', `Failed to restore the snapshot of ${environment}: ${reason(error)}.`, { cause: error });
  }
};

/** What was written since the copies in `folder` were taken. Nobody can count what only commands know. */
export const countWrites = async (folder: string, stores: readonly DataStore[]): Promise<Writes> => {
  const unknown = { rows: null, tables: [] };
  const counts: Writes[] = [];
  for (const store of stores) {
    if (store.rows === null) return unknown;
    const copy = pathIn(folder, store);
    if (existsSync(copy)) counts.push(await store.rows.writesSince(copy));
  }
  if (counts.length === 0 || counts.some(({ rows }) => rows === null)) return unknown;
  return { rows: counts.reduce((sum, { rows }) => sum + (rows ?? 0), 0), tables: counts.flatMap(({ tables }) => tables) };
};

/** Where the copies of one operation lie. */
export const snapshotFolder = (environmentFolder: string, operation: string): string =>
  join(environmentFolder, 'snapshots', operation.replaceAll(/[^\w.-]/g, '_'));

const pathIn = (folder: string, { of }: DataStore): string => join(folder, of.replaceAll('/', '__'));
