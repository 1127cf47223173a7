import { StagingError } from '../catalog/errors.js';
import type { Connection } from './postgres.js';

/** One step per version of the schema, applied in order; a step that was shipped is never changed. The columns are those of SQLite. */
const migrations: readonly string[] = [
  `CREATE TABLE staging.releases (
     place BIGINT GENERATED ALWAYS AS IDENTITY, id TEXT PRIMARY KEY, request TEXT NOT NULL, state TEXT NOT NULL, outcome TEXT, reason TEXT NOT NULL,
     model TEXT NOT NULL, simulated INTEGER NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL
   );
   CREATE TABLE staging.journal (
     release TEXT NOT NULL, sequence BIGINT NOT NULL, key TEXT NOT NULL, at BIGINT NOT NULL, agent TEXT NOT NULL, routine TEXT NOT NULL,
     kind TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, previous_hash TEXT NOT NULL, hash TEXT NOT NULL,
     PRIMARY KEY (release, sequence), UNIQUE (release, key)
   );
   CREATE TABLE staging.heads (release TEXT PRIMARY KEY, rows BIGINT NOT NULL, hash TEXT NOT NULL);
   CREATE TABLE staging.evidence (digest TEXT PRIMARY KEY, value TEXT NOT NULL);
   CREATE TABLE staging.operations (
     id TEXT PRIMARY KEY, release TEXT NOT NULL, name TEXT NOT NULL, started_at BIGINT NOT NULL, finished_at BIGINT, digest TEXT,
     input_tokens BIGINT, output_tokens BIGINT, reserved BIGINT NOT NULL, lost BIGINT NOT NULL DEFAULT 0
   );
   CREATE INDEX operations_release ON staging.operations (release);
   CREATE TABLE staging.leases (
     environment TEXT PRIMARY KEY, token BIGINT NOT NULL, release TEXT, holder TEXT, until TIMESTAMPTZ NOT NULL
   );`,
  `CREATE TABLE staging.line (place BIGINT GENERATED ALWAYS AS IDENTITY, release TEXT PRIMARY KEY, environment TEXT NOT NULL);
   CREATE INDEX line_environment ON staging.line (environment, place);
   CREATE TABLE staging.waits (release TEXT PRIMARY KEY, kind TEXT NOT NULL, wake_at BIGINT, question TEXT);
   CREATE TABLE staging.moves (place BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, release TEXT NOT NULL, move TEXT NOT NULL);
   CREATE INDEX moves_release ON staging.moves (release, place);
   CREATE TABLE staging.interventions (
     place BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, environment TEXT NOT NULL, said TEXT NOT NULL
   );
   CREATE INDEX interventions_environment ON staging.interventions (environment, place);`,
  `CREATE TABLE staging.readers (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until TIMESTAMPTZ NOT NULL);
   CREATE TABLE staging.passed (
     reader TEXT NOT NULL, release TEXT NOT NULL, sequence BIGINT NOT NULL, PRIMARY KEY (reader, release)
   );`,
  `ALTER TABLE staging.interventions ADD COLUMN said_at TIMESTAMPTZ;
   ALTER TABLE staging.interventions ALTER COLUMN said_at SET DEFAULT clock_timestamp();`,
];

/** Any number: who prepares the tables holds the lock of this number, so that several that start at once do it one after the other. */
const lock = 7_266_418;

/** Creates the tables, or brings them to this version. Throws STORE_NEWER. */
export const prepareTables = async (connection: Connection): Promise<void> => {
  await connection.ask('SELECT pg_advisory_xact_lock($1)', [lock]);
  await connection.ask('CREATE SCHEMA IF NOT EXISTS staging');
  await connection.ask('CREATE TABLE IF NOT EXISTS staging.format (version INTEGER NOT NULL)');
  const [row] = await connection.ask<{ version: number }>('SELECT version FROM staging.format');
  const version = row?.version ?? 0;
  if (version > migrations.length)
    throw new StagingError(
      'STORE_NEWER',
      `Failed to open the database: its tables have format ${version}, and this program knows up to ${migrations.length}.`,
    );
  for (const step of migrations.slice(version)) await connection.ask(step);
  await connection.ask('DELETE FROM staging.format');
  await connection.ask('INSERT INTO staging.format VALUES ($1)', [migrations.length]);
};
