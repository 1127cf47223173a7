import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataConfig, Snapshot, Writes } from '../../../catalog/data.js';
import { reason, StagingError } from '../../../catalog/errors.js';
import type { EnvironmentName } from '../../../catalog/tools.js';
import { copyAside, fingerprint, putInPlace, schemaCookie, writesBetween } from '../../data/sqlite.js';
import { runCommand } from '../../processes.js';
import type { Clock } from '../../ports.js';

export type SnapshotOptions = {
  environment: EnvironmentName;
  config: DataConfig;
  dataDir: string;
  env: Record<string, string>;
  clock: Clock;
  signal: AbortSignal;
};

/** Whether anything says how to take a snapshot and how to bring it back. */
export const canSnapshot = ({ sqlite, snapshot }: DataConfig): boolean => sqlite.length > 0 || snapshot !== undefined;

/** Copies every declared store into the folder. Throws SNAPSHOT_FAILED. */
export const takeSnapshot = async (
  folder: string,
  { environment, config, dataDir, env, clock, signal }: SnapshotOptions,
): Promise<Snapshot> => {
  const startedAt = clock.now();
  try {
    await mkdir(folder, { recursive: true });
    const files = [];
    for (const of of config.sqlite) {
      if (!existsSync(join(dataDir, of))) continue; // nothing has written it yet
      const path = join(folder, fileOf(of));
      files.push({ of, path, ...(await copyAside(join(dataDir, of), path)) });
    }
    if (config.snapshot !== undefined) {
      const path = join(folder, 'store');
      await run(config.snapshot, `${path}.draft`, { dataDir, env, signal });
      if (!existsSync(`${path}.draft`)) throw new Error(`\`${config.snapshot.command.join(' ')}\` wrote no {snapshot}`);
      await rename(`${path}.draft`, path);
      files.push({ of: 'store', path, ...(await fingerprint(path)) });
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
    if (error instanceof StagingError && error.code === 'COMMAND_MISSING') throw error;
    throw new StagingError('SNAPSHOT_FAILED', `Failed to take a snapshot of ${environment}: ${reason(error)}.`, { cause: error });
  }
};

/** The schema counters of the stores as they are now: what `restoreSnapshot` compares with after a crash. */
export const cookiesOf = ({ config, dataDir }: SnapshotOptions): (number | null)[] =>
  config.sqlite.map((of) => schemaCookie(join(dataDir, of)));

/**
 * Brings the data back to what the snapshot holds, below the running service. `begunWith` are the counters from before a first try:
 * a store whose counter has moved since was restored then, and what has been written to it after that is not taken again. Throws RESTORE_FAILED.
 */
export const restoreSnapshot = async (
  snapshot: Snapshot,
  begunWith: readonly (number | null)[],
  { environment, config, dataDir, env, signal }: SnapshotOptions,
): Promise<void> => {
  try {
    for (const { of, path, digest } of snapshot.files) {
      if (!existsSync(path)) throw new Error(`the snapshot ${path} is gone`);
      if ((await fingerprint(path)).digest !== digest) throw new Error(`the snapshot ${path} is not what was taken: its digest is another`);
      const place = config.sqlite.indexOf(of);
      if (place >= 0) {
        const live = join(dataDir, of);
        if (schemaCookie(live) === (begunWith[place] ?? null)) await putInPlace(path, live);
      } else if (config.restore !== undefined) await run(config.restore, path, { dataDir, env, signal });
      else throw new Error(`${of} is no longer declared in the configuration`);
    }
  } catch (error) {
    if (error instanceof StagingError) throw error;
    throw new StagingError('RESTORE_FAILED', `Failed to restore the snapshot of ${environment}: ${reason(error)}.`, { cause: error });
  }
};

/** What was written since the copies in `folder` were taken. Only SQLite can be counted. */
export const countWrites = (folder: string, { config, dataDir }: SnapshotOptions): Writes => {
  if (config.sqlite.length === 0 || config.snapshot !== undefined) return { rows: null, tables: [] };
  const tables = config.sqlite.flatMap((of) => {
    const copy = join(folder, fileOf(of));
    return existsSync(copy) ? [writesBetween(copy, join(dataDir, of))] : [];
  });
  if (tables.length === 0 || tables.some(({ rows }) => rows === null)) return { rows: null, tables: [] };
  return { rows: tables.reduce((sum, { rows }) => sum + (rows ?? 0), 0), tables: tables.flatMap((one) => one.tables) };
};

const fileOf = (of: string): string => of.replaceAll('/', '__');

const run = async (
  { command, timeoutMs }: { command: readonly string[]; timeoutMs: number },
  snapshot: string,
  { dataDir, env, signal }: { dataDir: string; env: Record<string, string>; signal: AbortSignal },
): Promise<void> => {
  const parts = command.map((part) => part.replaceAll('{snapshot}', snapshot));
  const { exitCode, timedOut, output } = await runCommand({ command: parts, cwd: dataDir, env, timeoutMs, signal });
  if (exitCode === 0 && !timedOut) return;
  const how = timedOut ? `was ended after ${timeoutMs} ms` : `ended with ${exitCode ?? 'a signal'}`;
  throw new Error(`\`${command.join(' ')}\` ${how}: ${output.trim().split('\n').at(-1) ?? ''}`);
};
