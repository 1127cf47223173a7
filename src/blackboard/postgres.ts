import { setTimeout as wait } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { reason, StagingError } from '../catalog/errors.js';

/** One connection, in a transaction of its own. */
export type Connection = { ask: <T extends object>(text: string, values?: readonly unknown[]) => Promise<T[]> };

export type Postgres = {
  /** All of it or nothing. What the server could not be asked is asked again for a while: every piece of work here may be done twice. */
  transaction: <T>(work: (connection: Connection) => Promise<T>) => Promise<T>;
  /** The same for what brings its own statements, and may hold several. */
  plain: (text: string, values?: unknown[]) => Promise<{ rows: unknown[] }>;
  close: () => Promise<void>;
};

/** Whole numbers of any size come as numbers, yes and no as such, everything else as text. By PostgreSQL's own numbers of its types. */
const parsers: Record<number, (value: string) => unknown> = { 16: (value) => value === 't', 20: Number, 23: Number };
const types = { getTypeParser: (oid: number) => parsers[oid] ?? ((value: string) => value) };

/** How long a server that restarts is waited for. */
const patience = { tries: 12, firstMs: 100, mostMs: 4_000 };

/** Throws DATABASE_UNREACHABLE where the server does not answer, STORE_UNREADABLE where it refuses. */
export const openPostgres = (pool: Pool): Postgres => {
  pool.on('error', () => undefined); // a connection that nobody uses has ended: the next one is a new one
  pool.on('connect', (client) => client.on('error', () => undefined)); // it may end in the very moment in which it is lent: its next question then fails
  return {
    transaction: (work) => patiently(() => once(pool, work)),
    plain: (text, values) => patiently(() => pool.query<object>(text, values)),
    close: () => pool.end(),
  };
};

/** Asks again while the server is away: so many times, left out for half a minute. Throws DATABASE_UNREACHABLE, STORE_UNREADABLE. */
export const patiently = async <T>(ask: () => Promise<T>, tries = patience.tries): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof StagingError) throw error;
      const gone = isGone(error);
      if (!gone || attempt >= tries)
        throw new StagingError(gone ? 'DATABASE_UNREACHABLE' : 'STORE_UNREADABLE', `Failed to ask the database: ${reason(error)}.`, {
          cause: new Error(reason(error)), // the driver's own error holds the connection, and with it the password
        });
      await wait(Math.min(patience.mostMs, patience.firstMs * 2 ** (attempt - 1)));
    }
  }
};

const once = async <T>(pool: Pool, work: (connection: Connection) => Promise<T>): Promise<T> => {
  const { client, breaks, giveBack } = await borrow(pool);
  try {
    await client.query('BEGIN');
    const result = await work(connectionOf(client));
    await client.query('COMMIT');
    return result;
  } catch (error) {
    if (isGone(error)) breaks();
    else await client.query('ROLLBACK').catch(breaks); // with the connection gone the server has done it
    throw error;
  } finally {
    giveBack();
  }
};

/** A connection of the pool, which may end at any time: whoever waits for an answer is told by its own promise, and nobody gets it after that. */
export const borrow = async (pool: Pool): Promise<{ client: PoolClient; breaks: () => void; giveBack: () => void }> => {
  const client = await pool.connect();
  let broken = false;
  const breaks = (): void => void (broken = true);
  client.on('error', breaks);
  const giveBack = (): void => {
    client.off('error', breaks);
    client.release(broken);
  };
  return { client, breaks, giveBack };
};

export const connectionOf = (client: PoolClient): Connection => ({
  ask: async <T extends object>(text: string, values: readonly unknown[] = []) =>
    (await client.query<T>({ text, types, ...(values.length > 0 && { values: [...values] }) })).rows,
});

/** A connection that ended, a server that stops or starts, and a transaction that lost to another one or was left alone: asked again, it may work. */
const isGone = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return (
    /^(?:08|25P03|57P0|40001|40P01|53300|E[A-Z]+$)/.test(code) || /terminated|not queryable|Connection ended|timeout/i.test(error.message)
  );
};
