import type { BaseCheckpointSaver, Checkpoint } from '@langchain/langgraph';
import { emptyCheckpoint, uuid6 } from '@langchain/langgraph-checkpoint';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mustHold, type Fence } from '../../../src/blackboard/leases.js';
import { openSharedCheckpoints, prepareCheckpoints } from '../../../src/desk/shared/checkpoints.js';
import { openDatabase, type SharedDatabase } from '../../../src/desk/shared/database.js';
import { startPostgres, type TestPostgres } from '../../support/postgres.js';

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
