import type { SharedDatabase } from './database.js';

/** Ours, and what LangGraph and pg-boss have made for us. */
const schemas = ['staging', 'staging_checkpoints', 'staging_queue'];

/** Bytes of everything that lies in the database for releases. */
export const roomOf = async ({ postgres }: SharedDatabase): Promise<number> => {
  const [row] = await postgres.transaction(({ ask }) => ask<{ bytes: number }>(bytes, [schemas]));
  return row?.bytes ?? 0;
};

/** Room of what was let go of is for what comes next; what lies at the end of a table goes back to the disk. */
export const giveRoomBack = async ({ postgres }: SharedDatabase): Promise<void> => {
  const tables = await postgres.transaction(({ ask }) => ask<{ name: string }>(tablesOf, [schemas]));
  if (tables.length > 0) await postgres.plain(`VACUUM ${tables.map(({ name }) => name).join(', ')}`);
};

const bytes = `SELECT coalesce(sum(pg_total_relation_size(pg_class.oid)), 0)::bigint AS bytes FROM pg_class
  JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = ANY($1) AND relkind = 'r'`;

const tablesOf = `SELECT pg_class.oid::regclass::text AS name FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
  WHERE nspname = ANY($1) AND relkind = 'r' AND nspname <> 'staging_queue'`; // pg-boss sees to its own
