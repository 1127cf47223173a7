import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StagingConfig } from '../../../catalog/config.js';
import type { AppliedMigration, Snapshot, Writes } from '../../../catalog/data.js';
import { StagingError } from '../../../catalog/errors.js';
import type { EnvironmentName, ToolResult } from '../../../catalog/tools.js';
import { wantsSnapshot } from '../../../rollout/release-plan.js';
import type { DataStore } from '../../data/data-store.js';
import { withoutPasswords } from '../../data/postgres/urls.js';
import { canSnapshot, storesOf } from '../../data/stores-of.js';
import type { Artifact, Clock } from '../../ports.js';
import { copyInto } from './copy-into.js';
import { dataRecordSchema, emptyDataRecord, type DataOperation, type DataRecord } from './data-record.js';
import { assessMigration, runDown, runMigration, schemasOf } from './migrate.js';
import { cookiesOf, countWrites, restoreSnapshot, snapshotFolder, takeSnapshot, type SnapshotOptions } from './snapshot.js';
import { emptyRecord, openStateFile, recordSchema } from './state-file.js';
import { createTurns } from './turns.js';

type Options = {
  name: EnvironmentName;
  config: StagingConfig;
  folder: string;
  dataDir: string;
  /** The data of production, from which staging may be filled. */
  productionDir: string;
  /** The addresses of PostgreSQL, if there is one. */
  postgres: Record<EnvironmentName, string> | null;
  configDir: string;
  env: Record<string, string>;
  clock: Clock;
  signal: AbortSignal;
  /** The version that serves now: what it does not know is pending. */
  serving: () => Promise<Artifact | null>;
};

/**
 * The data of one environment: snapshots, migrations and their way back, by the operation of the release that asked. What is done is
 * recorded before and after, so an operation that was cut off goes on where it was and one that is over is not done again.
 */
export const createEnvironmentData = ({ name, config, folder, dataDir, env, clock, signal, serving, postgres, ...places }: Options) => {
  const { service, data } = config;
  const where = { dataDir, env, signal };
  const storesIn = (environment: EnvironmentName, dir: string): DataStore[] =>
    storesOf({ config: data, ...where, dataDir: dir, postgresUrl: postgres?.[environment] ?? null });
  const stores = storesIn(name, dataDir);
  const options: SnapshotOptions = { environment: name, stores, clock };
  const file = openStateFile(join(folder, 'data.json'), dataRecordSchema, emptyDataRecord);
  const turns = createTurns();
  const folderOf = (operation: string, part: 'before' | 'after') => join(snapshotFolder(folder, operation), part);

  /** What a migration prints goes into evidence, and an address of PostgreSQL holds a password. */
  const hidden = <T extends { output: string }>(result: T): T => ({ ...result, output: withoutPasswords(result.output, postgres) });

  const save = async (change: (record: DataRecord) => void): Promise<void> => {
    const record = structuredClone(await file.read());
    change(record);
    await file.write(record);
  };
  const saveOperation = (operation: string, entry: DataOperation): Promise<void> =>
    save((record) => void (record.operations[operation] = entry));

  const snapshot = async (artifact: Artifact, operation: string): Promise<Snapshot> => {
    const known = (await file.read()).operations[operation];
    if (known !== undefined) return known.snapshot;
    const none = (reason: string): Snapshot => ({ environment: name, status: 'none', reason, files: [], durationMs: 0 });
    if (service.migrate === undefined) return none('the service has no migrations');
    const { kind, migrations, problem, objection } = await assessMigration(service.migrate, artifact, await serving(), config);
    if (problem !== null || objection !== null) return none('the migration will not run');
    const takenAt = clock.now();
    const taken = !wantsSnapshot(kind)
      ? none(kind === 'none' ? 'no migration is pending' : `a ${kind} migration needs none`)
      : canSnapshot(data)
        ? await takeSnapshot(folderOf(operation, 'before'), options)
        : none('nothing says how to take one: data.sqlite, data.postgres, or data.snapshot and data.restore, is not set');
    await saveOperation(operation, { artifact, kind, migrations, state: 'ready', snapshot: taken, takenAt, result: null, undoing: null });
    return taken;
  };

  /** What keeps the artifact's migration from being run, or null. What was begun is not objected to any more. */
  const obstacle = async (artifact: Artifact, operation: string): Promise<ToolResult<'migrate_database'> | null> => {
    if (service.migrate === undefined) return null;
    const { problem, objection, ...assessed } = await assessMigration(service.migrate, artifact, await serving(), config);
    if (problem !== null)
      return { durationMs: 0, ...assessed, status: 'failed', output: `the declaration of the migrations is unreadable: ${problem}` };
    const begun = (await file.read()).operations[operation];
    return objection !== null && begun === undefined ? { durationMs: 0, ...assessed, status: 'refused', output: objection } : null;
  };

  const migrate = async (artifact: Artifact, operation: string): Promise<ToolResult<'migrate_database'>> => {
    if (service.migrate === undefined) return { output: '', durationMs: 0, status: 'none' };
    await mkdir(dataDir, { recursive: true });
    const kept = await obstacle(artifact, operation);
    if (kept !== null) return kept;
    await snapshot(artifact, operation);
    const entry = (await file.read()).operations[operation];
    if (entry === undefined) throw new StagingError('DEFECT', `Failed to migrate ${name}: the snapshot left no record.`);
    if (entry.state !== 'ready' && entry.state !== 'applying') return resultOf(entry);
    await saveOperation(operation, { ...entry, state: 'applying' });
    const before = await schemasOf(stores);
    const { ok, ...result } = await runMigration(service.migrate, artifact, where).then(hidden);
    const undeclared = entry.kind === 'none' && (await schemasOf(stores)) !== before;
    const done: DataOperation = { ...entry, kind: undeclared ? 'undeclared' : entry.kind, state: ok ? 'applied' : 'failed', result };
    if (ok) await mark(operation, done);
    await saveOperation(operation, done);
    return resultOf(done);
  };

  /** Copies the data as the migration left it, which is what later writes are counted from. */
  const mark = async (operation: string, { snapshot: taken }: DataOperation): Promise<void> => {
    if (taken.status === 'none') return;
    await takeSnapshot(folderOf(operation, 'after'), { ...options, stores: stores.filter(({ rows }) => rows !== null) }).catch(
      () => undefined, // the migration is done all the same; without the copy nobody can count, and the count says so
    );
  };

  const writesOf = (operation: string, { state, snapshot: taken }: DataOperation): Promise<Writes> =>
    taken.status === 'none'
      ? Promise.resolve({ rows: null, tables: [] })
      : countWrites(folderOf(operation, state === 'failed' || state === 'applying' ? 'before' : 'after'), stores);

  const undo = async (operation: string, way: 'down' | 'restore'): Promise<{ ok: boolean; output: string; lost: Writes }> => {
    const entry = (await file.read()).operations[operation];
    if (entry === undefined) throw new StagingError('DEFECT', `Failed to undo a migration of ${name}: none is recorded.`);
    const undoing = entry.undoing ?? { way, lost: await writesOf(operation, entry), cookies: await cookiesOf(stores) };
    const { lost, cookies } = undoing;
    if (entry.state === 'undone') return { ok: true, output: '', lost };
    await saveOperation(operation, { ...entry, state: 'undoing', undoing });
    if (undoing.way === 'restore') await restoreSnapshot(entry.snapshot, cookies, options);
    else if (service.migrate !== undefined) {
      const { ok, output } = await runDown(service.migrate, entry.artifact, entry.migrations, where).then(hidden);
      if (!ok) return { ok, output, lost };
    }
    await saveOperation(operation, { ...entry, state: 'undone', undoing });
    return { ok: true, output: '', lost };
  };

  const sameVersion = async (): Promise<boolean> => {
    const production = await openStateFile(join(places.productionDir, '..', 'state.json'), recordSchema, emptyRecord).read();
    return (await serving())?.digest === production.slots[production.activeSlot]?.digest;
  };

  return {
    snapshot: (artifact: Artifact, operation: string) => turns.take(() => snapshot(artifact, operation)),
    migrate: (artifact: Artifact, operation: string) => turns.take(() => migrate(artifact, operation)),
    obstacle,
    undo: (operation: string, way: 'down' | 'restore') => turns.take(() => undo(operation, way)),
    copy: (operation: string) =>
      turns.take(async () => {
        const known = (await file.read()).copies[operation];
        if (known?.state === 'copied' && known.result !== null) return known.result;
        const cookies = known?.cookies ?? (await cookiesOf(stores));
        await save((record) => void (record.copies[operation] = { state: 'copying', cookies, result: null }));
        const { configDir, productionDir } = places;
        const production = { dataDir: productionDir, stores: storesIn('production', productionDir) };
        const result = await copyInto({
          ...options,
          ...where,
          config: data,
          configDir,
          production,
          cookies,
          draftDir: folder,
          sameVersion,
        });
        await save((record) => void (record.copies[operation] = { state: 'copied', cookies, result }));
        return result;
      }),
    migration: async (operation: string): Promise<AppliedMigration | null> => {
      const entry = (await file.read()).operations[operation];
      if (entry === undefined || entry.state === 'ready') return null;
      const { kind, migrations, state, undoing, snapshot: taken } = entry;
      const writes = undoing?.lost ?? (await writesOf(operation, entry));
      return { kind, migrations, state, undoing: undoing?.way ?? null, snapshot: taken.status === 'none' ? null : taken, writes };
    },
    /** Why traffic that an artifact has taken must stay with it, or null: its migration can only be fixed forward. */
    holds: async (digest: string): Promise<string | null> => {
      const held = Object.values((await file.read()).operations).findLast(
        ({ artifact, kind, state }) =>
          artifact.digest === digest && kind === 'forward-only' && (state === 'applying' || state === 'applied'),
      );
      if (held === undefined) return null;
      const ids = held.migrations.filter(({ kind }) => kind === 'forward-only').map(({ id }) => id);
      return `the data has ${ids.join(', ')}, which the version before ${held.artifact.version} can't live with`;
    },
  };
};

const resultOf = ({ state, kind, migrations, snapshot, result }: DataOperation): ToolResult<'migrate_database'> => ({
  status: state === 'failed' ? 'failed' : 'applied',
  output: result?.output ?? '',
  durationMs: result?.durationMs ?? 0,
  kind,
  migrations,
  snapshot,
});
