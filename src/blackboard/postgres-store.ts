import { StagingError } from '../catalog/errors.js';
import { redactAll } from '../catalog/redact.js';
import { canonicalJson, digestOf, digestOfText, digestsIn } from './digest.js';
import { mustHold, type Fence } from './leases.js';
import type { Connection, Postgres } from './postgres.js';
import { prunePostgres } from './prune-postgres.js';
import { postgresReader } from './postgres-reader.js';
import { stateEntries, toJournalRow, toOperation, toRelease, toSpent, type Rows } from './store-rows.js';
import type { JournalEntry, ReleaseRow, StateChange, Store } from './store.js';
import { verifyRows, type StoredRow } from './verify-rows.js';

/**
 * The store in PostgreSQL, on tables that `prepareTables` has made. With a fence every write first sees, in its own transaction, that
 * the lease is still this worker's. Throws LEASE_LOST, DATABASE_UNREACHABLE, STORE_UNREADABLE.
 */
export const openPostgresStore = (postgres: Postgres, fence: Fence | null = null): Store => {
  const read = postgres.transaction;
  const write = <T>(work: (connection: Connection) => Promise<T>): Promise<T> =>
    postgres.transaction(async (connection) => {
      if (fence !== null) await mustHold(connection, fence);
      return work(connection);
    });
  return {
    saveRelease: (row) =>
      write(async (connection) => {
        const { id, state, outcome, reason, model, simulated, createdAt, updatedAt } = row;
        const { rows } = await lockRelease(connection, id);
        const [before] = await connection.ask<Rows['release']>('SELECT * FROM staging.releases WHERE id = $1', [id]);
        await append(connection, id, stateEntries(before ?? null, row, rows));
        await connection.ask(saveRelease, [
          id,
          canonicalJson(row.request),
          state,
          outcome,
          reason,
          model,
          simulated ? 1 : 0,
          createdAt,
          updatedAt,
        ]);
      }),
    release: (id) =>
      read(async ({ ask }) => toRelease((await ask<Rows['release']>('SELECT * FROM staging.releases WHERE id = $1', [id]))[0])),
    releases: () =>
      read(async ({ ask }) =>
        (await ask<Rows['release']>('SELECT * FROM staging.releases ORDER BY created_at DESC, place DESC')).flatMap(
          (row) => toRelease(row) ?? [],
        ),
      ),
    append: (release, entries) => write((connection) => append(connection, release, entries)),
    journal: (release) => read(async (connection) => (await rowsOf(connection, release)).map(toJournalRow)),
    reader: (name) => postgresReader(postgres, name),
    putEvidence: (value) => write((connection) => put(connection, value)),
    evidence: (digest) =>
      read(async ({ ask }) => {
        const [row] = await ask<{ value: string }>('SELECT value FROM staging.evidence WHERE digest = $1', [digest]);
        if (!row) throw new StagingError('EVIDENCE_UNKNOWN', `Failed to read evidence ${digest}: it is not in the store.`);
        return JSON.parse(row.value) as unknown;
      }),
    beginOperation: ({ id, release, name, at, reservedCredits, maxCredits = Number.MAX_SAFE_INTEGER }) =>
      write(async (connection) => {
        const { ask } = connection;
        await lockRelease(connection, release);
        const [known] = await ask<Rows['operation']>('SELECT * FROM staging.operations WHERE id = $1', [id]);
        if (known?.finished_at != null) return true;
        const [row] = reservedCredits > 0 ? await ask<Rows['spent']>(spent, [release]) : []; // what costs nothing may begin whatever was spent
        if (row !== undefined && toSpent(row).credits + reservedCredits > maxCredits) return false;
        await ask(begin, [id, release, name, at, reservedCredits]);
        return true;
      }),
    operation: (id) =>
      read(async ({ ask }) => toOperation((await ask<Rows['operation']>('SELECT * FROM staging.operations WHERE id = $1', [id]))[0])),
    finishOperation: ({ id, release, at, value, cost, entries }) =>
      write(async (connection) => {
        const digest = await put(connection, value);
        const { inputTokens = null, outputTokens = null, credits = 0 } = cost ?? {};
        await connection.ask(finish, [id, at, digest, inputTokens, outputTokens, credits]);
        await append(connection, release, entries);
        return digest;
      }),
    spent: (release) => read(async ({ ask }) => toSpent((await ask<Rows['spent']>(spent, [release]))[0])),
    activeMs: (release, without) => read(async ({ ask }) => (await ask<{ ms: number }>(activeMs, [release, without]))[0]?.ms ?? 0),
    prune: (plan) => write((connection) => prunePostgres(connection, plan, (release, entries) => append(connection, release, entries))),
    verify: (release) =>
      read(async (connection) => {
        const { ask } = connection;
        const rows = await rowsOf(connection, release);
        const [head] = await ask<{ rows: number; hash: string }>('SELECT rows, hash FROM staging.heads WHERE release = $1', [release]);
        const named = [...new Set(rows.flatMap(({ value }) => digestsIn(value)))];
        const found = await ask<{ digest: string; value: string }>('SELECT digest, value FROM staging.evidence WHERE digest = ANY($1)', [
          named,
        ]);
        const texts = new Map(found.map(({ digest, value }) => [digest, value]));
        return verifyRows(rows, (digest) => texts.get(digest) ?? null, head);
      }),
    close: postgres.close,
  };
};

/** False where it does not wait for its turn any more: somebody was first. */
export const takeFromQueue = async (
  connection: Connection,
  id: string,
  change: StateChange & Pick<ReleaseRow, 'updatedAt'>,
): Promise<boolean> => {
  const { rows } = await lockRelease(connection, id);
  const taken = await connection.ask<Rows['release']>(
    `UPDATE staging.releases SET state = $2, outcome = $3, reason = $4, updated_at = $5 WHERE id = $1 AND state = 'queued' RETURNING *`,
    [id, change.state, change.outcome, redactAll(change.reason), change.updatedAt],
  );
  await append(
    connection,
    id,
    taken.flatMap((row) => toRelease(row) ?? []).flatMap((row) => stateEntries(null, row, rows)),
  );
  return taken.length > 0;
};

/** What depends on what the release holds already is done one after the other. */
const lockRelease = async ({ ask }: Connection, release: string): Promise<{ rows: number; hash: string }> => {
  await ask(`INSERT INTO staging.heads (release, rows, hash) VALUES ($1, 0, '') ON CONFLICT DO NOTHING`, [release]);
  const [head] = await ask<{ rows: number; hash: string }>('SELECT rows, hash FROM staging.heads WHERE release = $1 FOR UPDATE', [release]);
  return head ?? { rows: 0, hash: '' };
};

const append = async (connection: Connection, release: string, entries: readonly JournalEntry[]): Promise<void> => {
  if (entries.length === 0) return;
  let { rows: sequence, hash: previousHash } = await lockRelease(connection, release);
  const keys = entries.map(({ key }) => key);
  const there = await connection.ask<{ key: string }>('SELECT key FROM staging.journal WHERE release = $1 AND key = ANY($2)', [
    release,
    keys,
  ]);
  const known = new Set(there.map(({ key }) => key));
  const rows: StoredRow[] = [];
  for (const entry of entries) {
    if (known.has(entry.key)) continue;
    known.add(entry.key);
    sequence += 1;
    const row = { release, sequence, ...entry, value: canonicalJson(entry.value ?? null), previousHash };
    previousHash = digestOf(row);
    rows.push({ ...row, hash: previousHash });
  }
  if (rows.length === 0) return;
  const column = (name: keyof StoredRow) => rows.map((row) => row[name]);
  await connection.ask(insertRows, [
    release,
    ...(['sequence', 'key', 'at', 'agent', 'routine', 'kind', 'name', 'value', 'previousHash', 'hash'] as const).map(column),
  ]);
  await connection.ask('UPDATE staging.heads SET rows = $2, hash = $3 WHERE release = $1', [release, sequence, previousHash]);
};

const put = async ({ ask }: Connection, value: unknown): Promise<string> => {
  const text = canonicalJson(value);
  const digest = digestOfText(text);
  await ask('INSERT INTO staging.evidence (digest, value) VALUES ($1, $2) ON CONFLICT DO NOTHING', [digest, text]);
  return digest;
};

const rowsOf = ({ ask }: Connection, release: string): Promise<StoredRow[]> =>
  ask<StoredRow>(
    `SELECT release, sequence, key, at, agent, routine, kind, name, value, previous_hash AS "previousHash", hash
     FROM staging.journal WHERE release = $1 ORDER BY sequence`,
    [release],
  );

const saveRelease = `INSERT INTO staging.releases (id, request, state, outcome, reason, model, simulated, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  ON CONFLICT (id) DO UPDATE SET state = $3, outcome = $4, reason = $5, model = $6, updated_at = $9`;

const insertRows = `INSERT INTO staging.journal (release, sequence, key, at, agent, routine, kind, name, value, previous_hash, hash)
  SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])`;

const begin = `INSERT INTO staging.operations AS known (id, release, name, started_at, reserved) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (id) DO UPDATE SET started_at = $4, lost = known.lost + known.reserved, reserved = $5`;

const finish = `UPDATE staging.operations
  SET finished_at = $2, digest = $3, input_tokens = $4, output_tokens = $5, reserved = $6 WHERE id = $1`;

const spent = `SELECT count(input_tokens) AS calls, sum(input_tokens)::bigint AS "inputTokens", sum(output_tokens)::bigint AS "outputTokens",
  sum(reserved + lost)::bigint AS credits FROM staging.operations WHERE release = $1`;

const activeMs = `SELECT sum(finished_at - started_at)::bigint AS ms FROM staging.operations
  WHERE release = $1 AND finished_at IS NOT NULL AND name <> ALL($2)`;
