import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BaseCheckpointSaver, Checkpoint } from '@langchain/langgraph';
import { emptyCheckpoint, uuid6 } from '@langchain/langgraph-checkpoint';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mustHold, type Fence } from '../../../src/blackboard/leases.js';
import { openPostgresStore } from '../../../src/blackboard/postgres-store.js';
import { sizesOf } from '../../../src/desk/disk-use.js';
import { prune } from '../../../src/desk/prune.js';
import { keepNewest, openSharedCheckpoints, prepareCheckpoints } from '../../../src/desk/shared/checkpoints.js';
import { openDatabase, type SharedDatabase } from '../../../src/desk/shared/database.js';
import { startPostgres, type TestPostgres } from '../../support/postgres.js';
import { simulatedConfig } from '../../support/simulated-release.js';

let server: TestPostgres;
let database: SharedDatabase;
beforeAll(async () => {
  server = await startPostgres();
  database = await openDatabase(`${await server.createDatabase('checkpoints')}?idle_in_transaction_session_timeout=300`);
});
afterAll(async () => {
  await database.close();
  await server.stop();
});

const lease = async (environment: string, ms = 60_000): Promise<Fence> =>
  (await database.leases.take({ environment, release: 'r1', holder: 'worker', ms }))!;

const at = (step: number): Checkpoint => ({
  ...emptyCheckpoint(),
  ...{ id: uuid6(step), channel_values: { board: `step ${step}`, request: 'the same' }, channel_versions: { board: step, request: 1 } },
});

/** One step of a thread, as LangGraph writes it. */
const put = (saver: BaseCheckpointSaver, thread: string, step: number, namespace = ''): Promise<unknown> =>
  saver.put(
    { configurable: { thread_id: thread, checkpoint_ns: namespace } },
    at(step),
    { source: 'loop', step, parents: {} },
    step === 1 ? { board: 1, request: 1 } : { board: step },
  );

test('a server that restarts is waited for by everything that keeps checkpoints', async () => {
  await Promise.all([1, 2, 3].map(() => prepareCheckpoints(database))); // workers that start at once
  const saver = await openSharedCheckpoints(database.pool, await lease('restarts'));
  await put(saver, 'r1', 1);
  let over = false;
  const restarting = server.restart().then(() => (over = true));
  let steps = 1;
  while (!over) {
    steps += 1;
    await put(saver, 'r1', steps);
    await saver.putWrites(
      { configurable: { thread_id: 'r1', checkpoint_ns: '', checkpoint_id: at(steps).id } },
      [['board', steps]],
      'task',
    );
    await prepareCheckpoints(database);
    expect((await saver.getTuple({ configurable: { thread_id: 'r1' } }))?.checkpoint.channel_values['board']).toBe(`step ${steps}`);
  }
  await restarting;
  expect(steps).toBeGreaterThan(1);
});

const boardOf = async (saver: BaseCheckpointSaver, thread: string) =>
  (await saver.getTuple({ configurable: { thread_id: thread } }))?.checkpoint.channel_values;

test('of a thread the newest two checkpoints are kept, with all that they hold, and no other thread is touched', async () => {
  await prepareCheckpoints(database);
  const fence = await lease('newest');
  const saver = await openSharedCheckpoints(database.pool, fence);
  for (const step of [1, 2, 3, 4, 5]) {
    for (const thread of ['long', 'other']) await put(saver, thread, step);
    await put(saver, 'long', step, 'inner');
  }
  await keepNewest(database, 'long', fence);
  const kept = async (thread: string): Promise<number> => {
    let found = 0;
    for await (const one of saver.list({ configurable: { thread_id: thread } })) found += one.checkpoint.id === '' ? 0 : 1;
    return found;
  };
  expect([await kept('long'), await kept('other')]).toEqual([4, 5]);
  expect(await boardOf(saver, 'long')).toEqual({ board: 'step 5', request: 'the same' });
  const blobs = await database.postgres.plain(`SELECT FROM staging_checkpoints.checkpoint_blobs WHERE thread_id = 'long'`);
  expect(blobs.rows).toHaveLength(6); // of each namespace the request and two boards
  await expect(keepNewest(database, 'other', { ...fence, token: 0 })).rejects.toMatchObject({ code: 'LEASE_LOST' });
});

test('a prune lets go of the checkpoints of releases that have ended, and doctor knows how much there is', async () => {
  await prepareCheckpoints(database);
  const saver = await openSharedCheckpoints(database.pool, await lease('prunes'));
  const shared = database;
  const store = openPostgresStore(database.postgres);
  const request = { service: 's', version: 'v1', features: [], target: 'staging' as const, text: '', preApprovedBy: null };
  for (const [id, state] of [
    ['old', 'ended'],
    ['waits', 'waiting'],
  ] as const) {
    await put(saver, id, 1);
    await store.saveRelease({ id, request, state, outcome: null, reason: '', model: '', simulated: true, createdAt: 1, updatedAt: 1 });
  }
  const stateDir = mkdtempSync(join(tmpdir(), 'prune-'));
  const workspace = { store, config: simulatedConfig(), stateDir, shared, configFile: '', configDir: '', close: () => Promise.resolve() };
  expect((await sizesOf(workspace)).database).toBeGreaterThan(100_000);
  expect(await prune(workspace, Date.now())).toMatchObject({ forgotten: ['old'] });
  expect([await boardOf(saver, 'old'), await boardOf(saver, 'waits')]).toEqual([undefined, { board: 'step 1', request: 'the same' }]);
});

test('a worker that stops in the middle of a transaction keeps nobody from its environment for longer than its lease', async () => {
  const stopped = await lease('stopped', 100);
  let goOn: () => void = () => undefined;
  const writing = database.postgres.transaction(async (connection) => {
    await mustHold(connection, stopped);
    await new Promise<void>((resolve) => (goOn = resolve));
    await connection.ask('SELECT 1');
  });
  const late = expect(writing).rejects.toMatchObject({ code: 'LEASE_LOST' });
  await new Promise((next) => setTimeout(next, 150));
  const other = await lease('stopped');
  expect(other.token).toBe(stopped.token + 1);
  goOn();
  await late;
});
