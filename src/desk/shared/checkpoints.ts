import type { BaseCheckpointSaver } from '@langchain/langgraph';
import type { Pool, PoolClient } from 'pg';
import { mustHold, type Fence } from '../../blackboard/leases.js';
import { borrow, connectionOf, patiently } from '../../blackboard/postgres.js';
import { loadShared, type SharedDatabase } from './database.js';

const schema = 'staging_checkpoints';
/** Any number: who makes the tables holds the lock of this number, so that several that start at once do it one after the other. */
const lock = 7_266_419;

/** Makes LangGraph's own tables, or brings them to its version. */
export const prepareCheckpoints = async ({ pool, postgres }: SharedDatabase): Promise<void> => {
  const { PostgresSaver } = await loadShared();
  await postgres.transaction(async ({ ask }) => {
    await ask('SELECT pg_advisory_xact_lock($1)', [lock]);
    await new PostgresSaver(lending(pool), undefined, { schema }).setup();
  });
};

/** LangGraph's checkpoints in the shared database, written only while the lease holds; a server that restarts is waited for. Throws LEASE_LOST. */
export const openSharedCheckpoints = async (pool: Pool, fence: Fence): Promise<BaseCheckpointSaver> => {
  const { PostgresSaver } = await loadShared();
  type Of<Method extends 'getTuple' | 'list' | 'put' | 'putWrites' | 'deleteThread'> = Parameters<
    InstanceType<typeof PostgresSaver>[Method]
  >;
  class PatientSaver extends PostgresSaver {
    override getTuple(...asked: Of<'getTuple'>) {
      return patiently(() => super.getTuple(...asked));
    }
    override async *list(...asked: Of<'list'>) {
      yield* await patiently(async () => {
        const found = [];
        for await (const one of super.list(...asked)) found.push(one);
        return found;
      });
    }
    override put(...asked: Of<'put'>) {
      return patiently(() => super.put(...asked));
    }
    override putWrites(...asked: Of<'putWrites'>) {
      return patiently(() => super.putWrites(...asked));
    }
    override deleteThread(...asked: Of<'deleteThread'>) {
      return patiently(() => super.deleteThread(...asked));
    }
  }
  return new PatientSaver(lending(pool, fence), undefined, { schema });
};

/** Of a thread the newest two checkpoints are kept: what happened stands in the journal. Throws LEASE_LOST. */
export const keepNewest = ({ postgres }: SharedDatabase, thread: string, fence: Fence): Promise<void> =>
  postgres.transaction(async (connection) => {
    await mustHold(connection, fence);
    for (const statement of [dropOlder, dropWrites, dropBlobs]) await connection.ask(statement, [thread]);
  });

/** Lets go of everything that it would take to go on with these releases. */
export const forgetThreads = ({ postgres }: SharedDatabase, threads: readonly string[]): Promise<void> =>
  postgres.transaction(async ({ ask }) => {
    const [made] = await ask<{ table: string | null }>('SELECT to_regclass($1)::text AS table', [`${schema}.checkpoints`]);
    if (made?.table == null) return; // no worker has begun anything yet
    for (const table of tables) await ask(`DELETE FROM ${table} WHERE thread_id = ANY($1)`, [threads]);
  });

const tables = ['checkpoints', 'checkpoint_writes', 'checkpoint_blobs'].map((name) => `${schema}.${name}`);

const dropOlder = `DELETE FROM ${schema}.checkpoints AS old WHERE thread_id = $1 AND (SELECT count(*) FROM ${schema}.checkpoints AS newer
  WHERE newer.thread_id = $1 AND newer.checkpoint_ns = old.checkpoint_ns AND newer.checkpoint_id > old.checkpoint_id) >= 2`;

const dropWrites = `DELETE FROM ${schema}.checkpoint_writes AS one WHERE thread_id = $1 AND NOT EXISTS (SELECT 1 FROM ${schema}.checkpoints AS kept
  WHERE kept.thread_id = $1 AND kept.checkpoint_ns = one.checkpoint_ns AND kept.checkpoint_id = one.checkpoint_id)`;

const dropBlobs = `DELETE FROM ${schema}.checkpoint_blobs AS one WHERE thread_id = $1 AND NOT EXISTS (SELECT 1 FROM ${schema}.checkpoints AS kept
  WHERE kept.thread_id = $1 AND kept.checkpoint_ns = one.checkpoint_ns AND kept.checkpoint -> 'channel_versions' ->> one.channel = one.version)`;

/** A pool whose connections may end, and every transaction on which first sees that the lease is still this worker's. */
const lending = (pool: Pool, fence?: Fence): Pool => {
  const connect = async (): Promise<PoolClient> => {
    const { client, giveBack } = await borrow(pool);
    return instead(client, { query: (text: string, values?: unknown[]) => ask(client, fence, text, values), release: giveBack });
  };
  return instead(pool, { connect });
};

/** The same, but for these methods. Everything else of it goes on calling its own. */
const instead = <T extends object>(target: T, methods: Record<string, unknown>): T =>
  new Proxy(target, {
    get: (_, key) => {
      const found: unknown = methods[String(key)] ?? Reflect.get(target, key);
      return typeof found === 'function' ? (found.bind(target) as unknown) : found;
    },
  });

const ask = async (client: PoolClient, fence: Fence | undefined, text: string, values: unknown[] | undefined) => {
  const answer = await client.query<object>(text, values);
  if (text === 'BEGIN' && fence !== undefined) await mustHold(connectionOf(client), fence);
  return answer;
};
