import type { BaseCheckpointSaver } from '@langchain/langgraph';
import type { Pool, PoolClient } from 'pg';
import { mustHold, type Fence } from '../../blackboard/leases.js';
import { connectionOf } from '../../blackboard/postgres.js';
import { loadShared } from './database.js';

const schema = 'staging_checkpoints';

/** Makes LangGraph's own tables, once per process; several that start at once may trip over each other, and one of them makes them. */
export const prepareCheckpoints = async (pool: Pool): Promise<void> => {
  const { PostgresSaver } = await loadShared();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await new PostgresSaver(pool, undefined, { schema }).setup();
    } catch (error) {
      if (attempt === 5) throw error;
    }
  }
};

/** LangGraph's checkpoints in the shared database, written only while the lease holds. Throws LEASE_LOST. */
export const openSharedCheckpoints = async (pool: Pool, fence: Fence): Promise<BaseCheckpointSaver> => {
  const { PostgresSaver } = await loadShared();
  return new PostgresSaver(fenced(pool, fence), undefined, { schema });
};

/** Every transaction that the saver begins first sees that the lease is still this worker's. */
const fenced = (pool: Pool, fence: Fence): Pool => {
  const connect = async (): Promise<PoolClient> => {
    const client = await pool.connect();
    let broken = false;
    const breaks = (): void => void (broken = true);
    client.on('error', breaks); // whoever waits for an answer is told by its own promise
    const release = (): void => {
      client.off('error', breaks);
      client.release(broken);
    };
    return instead(client, { query: (text: string, values?: unknown[]) => ask(client, fence, text, values), release });
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

const ask = async (client: PoolClient, fence: Fence, text: string, values: unknown[] | undefined) => {
  const answer = await client.query<object>(text, values);
  if (text === 'BEGIN') await mustHold(connectionOf(client), fence);
  return answer;
};
