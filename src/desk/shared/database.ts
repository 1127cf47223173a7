import type { Pool } from 'pg';
import { openLeases } from '../../blackboard/leases.js';
import { openLine } from '../../blackboard/line.js';
import { openPostgres, patiently } from '../../blackboard/postgres.js';
import { prepareTables } from '../../blackboard/postgres-tables.js';
import { reason, StagingError } from '../../catalog/errors.js';
import { loadPg } from '../../tools/data/postgres/connect.js';

/** One PostgreSQL that many machines share: journal, evidence, checkpoints, the line in front of each environment, and its leases. */
export type SharedDatabase = Awaited<ReturnType<typeof openDatabase>>;

/** How long a server may take to answer the door, and to answer a question. */
const [patienceMs, answerMs] = [10_000, 60_000];
/** Of the first question: some seconds, for who waits is mostly a person with a wrong address. */
const firstTries = 6;
/** A machine that stops in the middle of a transaction would keep its locks: after so long the server ends it. */
const idleMs = 5_000;

/**
 * Connects and brings the tables to this version. The password stands in PGPASSWORD, or in a file that PGPASSFILE names; one in the
 * address is taken too. Throws PG_MISSING, DATABASE_INVALID, DATABASE_UNREACHABLE, STORE_NEWER.
 */
export const openDatabase = async (url: string) => {
  if (!URL.canParse(url) || !/^postgres(?:ql)?:$/.test(new URL(url).protocol))
    throw new StagingError(
      'DATABASE_INVALID',
      'Failed to open the database: its address is not of the form postgres://USER@HOST:PORT/NAME.',
    );
  const pg = await loadPg();
  const pool: Pool = new pg.Pool({
    ...{ connectionString: url, connectionTimeoutMillis: patienceMs, application_name: 'langgraph-staging' },
    ...{ max: 10, allowExitOnIdle: true, keepAlive: true, query_timeout: answerMs, idle_in_transaction_session_timeout: idleMs },
  });
  const postgres = openPostgres(pool);
  try {
    await patiently(() => pool.query('SELECT 1'), firstTries);
    await postgres.transaction(prepareTables);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return { pool, postgres, leases: openLeases(postgres), line: openLine(postgres), close: postgres.close };
};

/** The packages beside `pg` that only a shared database needs. Throws DATABASE_PACKAGES_MISSING. */
export const loadShared = async () => {
  try {
    const [{ default: PgBoss }, { PostgresSaver }] = await Promise.all([
      import('pg-boss'),
      import('@langchain/langgraph-checkpoint-postgres'),
    ]);
    return { PgBoss, PostgresSaver };
  } catch (error) {
    throw new StagingError('DATABASE_PACKAGES_MISSING', `Failed to use the database: ${reason(error)}.`, { cause: error });
  }
};
