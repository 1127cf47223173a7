import { rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { StagingConfig } from '../../../catalog/config.js';
import type { MigrationKind, Snapshot, Writes } from '../../../catalog/data.js';
import { StagingError } from '../../../catalog/errors.js';
import type { EnvironmentName } from '../../../catalog/tools.js';
import { postgresUrls } from '../../data/postgres/urls.js';
import { canSnapshot, storesOf } from '../../data/stores-of.js';
import type { Clock } from '../../ports.js';
import { dataRecordSchema, emptyDataRecord, type DataOperation, type DataRecord } from './data-record.js';
import { cookiesOf, countWrites, restoreSnapshot, snapshotFolder, takeSnapshot, type SnapshotOptions } from './snapshot.js';
import { emptyRecord, openStateFile, recordSchema } from './state-file.js';

const environments = ['staging', 'production'] as const;

/** A snapshot as a person finds it. */
export type KeptSnapshot = {
  /** `<environment>/<operation>`, and the companion's name before it where it is of one. */
  id: string;
  environment: EnvironmentName;
  operation: string;
  takenAt: number;
  /** The version whose migration came after it; null when a person asked for it. */
  version: string | null;
  kind: MigrationKind | null;
  /** What has become of that migration. */
  state: DataOperation['state'] | null;
  by: string | null;
  why: string;
  bytes: number;
  files: Snapshot['files'];
  /** Why nothing can be restored from it, or null. */
  problem: string | null;
  /** Whether the version that it is the way back from serves there now. */
  serving: boolean;
};

type Who = { by: string; why: string };
export type Restored = { id: string; environment: EnvironmentName; lost: Writes; before: KeptSnapshot | null };

/** The snapshots of both environments, for a person. Whoever takes, restores or removes holds the lock of the state directory. */
export const openSnapshots = (options: {
  config: StagingConfig;
  configDir: string;
  stateDir: string;
  clock: Clock;
  signal: AbortSignal;
  /** The companion whose they are; left out, they are of the service that releases are named after. */
  companion?: string | undefined;
}) => {
  const { config, configDir, stateDir, clock, signal, companion } = options;
  const idOf = (environment: EnvironmentName, operation: string): string =>
    [...(companion === undefined ? [] : [companion]), environment, operation].join('/');
  const folderOf = (name: EnvironmentName): string => join(resolve(stateDir), 'environments', name);
  const recordOf = (name: EnvironmentName) => openStateFile(join(folderOf(name), 'data.json'), dataRecordSchema, emptyDataRecord);

  const storesIn = (name: EnvironmentName): SnapshotOptions => {
    const postgres = postgresUrls(config.data.postgres, configDir);
    const dataDir = join(folderOf(name), 'data');
    const env = { ...config.service.start.env, DATA_DIR: dataDir, ...(postgres === null ? {} : { [postgres.variable]: postgres[name] }) };
    const stores = storesOf({ config: config.data, dataDir, postgresUrl: postgres?.[name] ?? null, env, signal });
    return { environment: name, stores, clock };
  };

  const change = async (name: EnvironmentName, edit: (record: DataRecord) => void): Promise<void> => {
    const file = recordOf(name);
    const record = structuredClone(await file.read());
    edit(record);
    await file.write(record);
  };

  const list = async (): Promise<KeptSnapshot[]> => {
    const found: KeptSnapshot[] = [];
    for (const environment of environments) {
      const record = await recordOf(environment).read();
      const { slots, activeSlot } = await openStateFile(join(folderOf(environment), 'state.json'), recordSchema, emptyRecord).read();
      const entry = async (
        operation: string,
        snapshot: Snapshot,
        takenAt: number | null,
      ): Promise<Omit<KeptSnapshot, keyof typeof byNobody>> => {
        const facts = await factsOf(snapshot);
        return {
          id: idOf(environment, operation),
          environment,
          operation,
          files: snapshot.files,
          ...facts,
          takenAt: takenAt ?? facts.takenAt,
        };
      };
      for (const [operation, { artifact, kind, state, snapshot, takenAt }] of Object.entries(record.operations))
        if (snapshot.status === 'taken')
          found.push({
            ...{ ...(await entry(operation, snapshot, takenAt)), by: null, why: `before the migration of ${artifact.version}` },
            ...{ version: artifact.version, kind, state, serving: state === 'applied' && slots[activeSlot]?.digest === artifact.digest },
          });
      for (const [operation, { by, why, snapshot, takenAt }] of Object.entries(record.byHand))
        if (snapshot.status === 'taken') found.push({ ...(await entry(operation, snapshot, takenAt)), ...byNobody, by, why });
    }
    return found.sort((one, other) => other.takenAt - one.takenAt);
  };

  const find = async (id: string): Promise<KeptSnapshot> => {
    const all = await list();
    const found =
      all.find((one) => one.id === id) ??
      (all.filter(({ operation }) => operation === id).length === 1 ? all.find(({ operation }) => operation === id) : undefined);
    if (found !== undefined) return found;
    const there = all.map((one) => one.id).join(', ') || 'none at all';
    throw new StagingError('SNAPSHOT_UNKNOWN', `Failed to find snapshot ${JSON.stringify(id)}: there is ${there}.`);
  };

  /** null: there is no data yet. Throws SNAPSHOT_FAILED. */
  const take = async (environment: EnvironmentName, operation: string, { by, why }: Who): Promise<KeptSnapshot | null> => {
    if (!canSnapshot(config.data))
      throw new StagingError('SNAPSHOT_FAILED', `Failed to take a snapshot of ${environment}: nothing says how.`, {
        remedy: 'Set data.sqlite, data.postgres, or data.snapshot and data.restore in the configuration.',
      });
    const takenAt = clock.now();
    const snapshot = await takeSnapshot(join(snapshotFolder(folderOf(environment), operation), 'before'), storesIn(environment));
    if (snapshot.status === 'none') return null;
    await change(environment, (record) => void (record.byHand[operation] = { takenAt, by, why, snapshot }));
    return find(idOf(environment, operation));
  };

  /**
   * Puts the data back to a snapshot, after one of what is there now, so that this can be undone as well. Whatever was migrated from it
   * on counts as undone. Throws SNAPSHOT_UNKNOWN, SNAPSHOT_FAILED, RESTORE_FAILED.
   */
  const restore = async (id: string, who: Who): Promise<Restored> => {
    const { environment, operation, files, id: whole } = await find(id);
    const now = storesIn(environment);
    const before = await take(environment, `before-restore-${clock.now()}`, { by: who.by, why: `before ${whole} was restored` });
    const after = join(snapshotFolder(folderOf(environment), operation), 'after');
    const from = (await exists(after)) ? after : join(snapshotFolder(folderOf(environment), operation), 'before');
    const lost = await countWrites(from, now.stores);
    const cookies = await cookiesOf(now.stores);
    const { operations } = await recordOf(environment).read();
    const own = operations[operation];
    const isFrom = ([name, one]: [string, DataOperation]): boolean =>
      name === operation || (own !== undefined && (one.takenAt ?? 0) > (own.takenAt ?? Infinity));
    const undone = Object.entries(operations)
      .filter(isFrom)
      .map(([name]) => name);
    const settle = (state: 'undoing' | 'undone') =>
      change(environment, (record) => {
        for (const name of undone) {
          const entry = record.operations[name];
          if (entry !== undefined && entry.state !== 'ready')
            record.operations[name] = { ...entry, state, undoing: { way: 'restore', lost, cookies } };
        }
      });
    await settle('undoing'); // cut off here, the way back of the release goes on with it
    try {
      await restoreSnapshot({ environment, status: 'taken', reason: '', files, durationMs: 0 }, cookies, now);
    } catch (error) {
      await change(environment, (record) => void (record.operations = operations)); // nothing was changed after all
      throw error;
    }
    await settle('undone');
    return { id: whole, environment, lost, before };
  };

  /** Takes snapshots away; what was migrated after one has no way back by it any more. Says how many bytes that freed. */
  const remove = async (ids: readonly string[], who: Who): Promise<number> => {
    let bytes = 0;
    for (const id of ids) {
      const { environment, operation, bytes: freed } = await find(id);
      await change(environment, (record) => {
        const entry = record.operations[operation];
        const none: Snapshot = { environment, status: 'none', reason: `it was removed by ${who.by}`, files: [], durationMs: 0 };
        if (entry !== undefined) record.operations[operation] = { ...entry, snapshot: none };
        else Reflect.deleteProperty(record.byHand, operation);
      });
      await rm(snapshotFolder(folderOf(environment), operation), { recursive: true, force: true });
      bytes += freed;
    }
    return bytes;
  };

  return { list, take, restore, remove };
};

const byNobody = { version: null, kind: null, state: null, by: null, why: '', serving: false };

/** What its files say: when they were written, how large they are, and whether they are all there. */
const factsOf = async ({ files }: Snapshot): Promise<{ takenAt: number; bytes: number; problem: string | null }> => {
  let takenAt = 0;
  for (const { path } of files) {
    const found = await stat(path).catch(() => null); // gone, which is what is said then
    if (found === null) return { takenAt, bytes: sizeOf(files), problem: `${path} is gone` };
    takenAt = Math.max(takenAt, Math.round(found.mtimeMs));
  }
  return { takenAt, bytes: sizeOf(files), problem: null };
};

const sizeOf = (files: Snapshot['files']): number => files.reduce((sum, { bytes }) => sum + bytes, 0);

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false, // never made: there was nothing to count from
  );
