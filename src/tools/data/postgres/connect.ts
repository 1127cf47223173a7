import type { Client } from 'pg';
import { reason, StagingError } from '../../../catalog/errors.js';

export type { Client } from 'pg';

/** How long a server may take to answer the door, and a lock may keep us waiting. */
const patienceMs = 15_000;

/** `pg` is the host's own, and only who has PostgreSQL needs it. Throws PG_MISSING. */
export const loadPg = async () => {
  try {
    return (await import('pg')).default;
  } catch (error) {
    throw new StagingError('PG_MISSING', `Failed to open PostgreSQL: pg could not be loaded: ${reason(error)}.`, { cause: error });
  }
};

/**
 * Uses a connection and ends it. Every name has to say its schema there, and every value comes as the text that PostgreSQL writes and
 * reads itself, so that none is changed by passing through JavaScript. Throws PG_MISSING.
 */
export const withClient = async <T>(url: string, use: (client: Client) => Promise<T>): Promise<T> => {
  const pg = await loadPg();
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: patienceMs,
    application_name: 'langgraph-staging',
    types: { getTypeParser: () => (value: string) => value },
  });
  client.on('error', () => undefined); // whoever waits for an answer is told by its own promise
  await client.connect();
  try {
    await client.query(`SET search_path = ''; SET lock_timeout = ${patienceMs}; SET extra_float_digits = 1; SET datestyle = 'ISO'`);
    return await use(client);
  } finally {
    await client.end().catch(() => undefined); // it is gone either way
  }
};

/** All of it or nothing. A snapshot reads one moment; what is lost to a deadlock is tried again. */
export const inTransaction = async <T>(client: Client, kind: 'read' | 'write', work: () => Promise<T>, attempt = 1): Promise<T> => {
  await client.query(kind === 'read' ? 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' : 'BEGIN');
  try {
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined); // with the connection gone the server has done it
    const deadlock = error instanceof Error && 'code' in error && error.code === '40P01';
    if (kind === 'write' && deadlock && attempt < 3) return inTransaction(client, kind, work, attempt + 1);
    throw error;
  }
};
