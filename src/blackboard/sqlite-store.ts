import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { isWriteRefused, reason, StagingError } from '../catalog/errors.js';
import { canonicalJson, digestOf, digestOfText } from './digest.js';
import { migrations } from './migrations.js';
import { pack, unpack, type Packed } from './packed.js';
import { pruneSqlite } from './prune-sqlite.js';
import { sqliteReader } from './sqlite-reader.js';
import type { JournalEntry, Store } from './store.js';
import { stateEntries, toJournalRow, toOperation, toRelease, toSpent, type Rows } from './store-rows.js';
import { verifyRows, type StoredRow } from './verify-rows.js';

/** The store in one SQLite file (WAL). `:memory:` keeps it in this process; `maxPages` bounds the file (4 KiB each). Throws STORE_UNREADABLE, STORE_NEWER, JOURNAL_WRITE_FAILED. */
export const openSqliteStore = (path: string, limit: { maxPages?: number } = {}): Store => {
  const db = guarded(path, () => open(path));
  if (limit.maxPages !== undefined) db.pragma(`max_page_count = ${limit.maxPages}`);
  const sql = statements(db);

  const append = (release: string, entries: readonly JournalEntry[]): void => {
    if (entries.length === 0) return;
    let { sequence, hash: previousHash } = sql.lastRow.get(release) ?? { sequence: 0, hash: '' };
    for (const entry of entries) {
      if (sql.hasKey.get(release, entry.key)) continue;
      sequence += 1;
      const row = { release, sequence, ...entry, value: canonicalJson(entry.value ?? null), previousHash };
      previousHash = digestOf(row);
      sql.append.run({ ...row, hash: previousHash });
    }
  };
  const put = (value: unknown): string => {
    const text = canonicalJson(value);
    const digest = digestOfText(text);
    sql.putEvidence.run(digest, pack(text));
    return digest;
  };
  const textOf = (digest: string): string | null => {
    const row = sql.evidence.get(digest);
    return row === undefined ? null : unpack(row.value);
  };
  const read = <T>(work: () => T): Promise<T> => new Promise((resolve) => resolve(guarded(path, work))); // what it throws rejects
  const whole = db.transaction((work: () => unknown) => work());
  const write = <T>(work: () => T): Promise<T> => read(() => whole.immediate(work) as T); // what `work` gave

  return {
    saveRelease: (row) =>
      write(() => {
        const before = sql.release.get(row.id) ?? null;
        sql.saveRelease.run({ ...row, request: canonicalJson(row.request), simulated: row.simulated ? 1 : 0 });
        append(row.id, stateEntries(before, row, sql.lastRow.get(row.id)?.sequence ?? 0));
      }),
    release: (id) => read(() => toRelease(sql.release.get(id))),
    releases: () => read(() => sql.releases.all().flatMap((row) => toRelease(row) ?? [])),
    append: (release, entries) => write(() => append(release, entries)),
    journal: (release) => read(() => sql.journal.all(release).map(toJournalRow)),
    reader: (name) => sqliteReader(db, name, { read, write }),
    putEvidence: (value) => write(() => put(value)),
    evidence: (digest) =>
      read(() => {
        const row = sql.evidence.get(digest);
        if (!row) throw new StagingError('EVIDENCE_UNKNOWN', `Failed to read evidence ${digest}: it is not in the store.`);
        return JSON.parse(unpack(row.value)) as unknown;
      }),
    beginOperation: ({ maxCredits = Number.MAX_SAFE_INTEGER, ...operation }) =>
      write(() => {
        if (sql.operation.get(operation.id)?.finished_at != null) return true;
        const costs = operation.reservedCredits > 0; // what costs nothing may begin whatever was spent
        if (costs && toSpent(sql.spent.get(operation.release)).credits + operation.reservedCredits > maxCredits) return false;
        sql.begin.run(operation);
        return true;
      }),
    operation: (id) => read(() => toOperation(sql.operation.get(id))),
    finishOperation: ({ id, release, at, value, cost, entries }) =>
      write(() => {
        const digest = put(value);
        sql.finish.run({
          id,
          at,
          digest,
          inputTokens: cost?.inputTokens ?? null,
          outputTokens: cost?.outputTokens ?? null,
          credits: cost?.credits ?? 0,
        });
        append(release, entries);
        return digest;
      }),
    spent: (release) => read(() => toSpent(sql.spent.get(release))),
    activeMs: (release, without) => read(() => sql.activeMs.get(release, JSON.stringify(without))?.ms ?? 0),
    prune: async (plan) => {
      const pruned = await write(() => pruneSqlite(db, plan, append));
      await read(() => {
        db.exec('VACUUM'); // gives the pages back to the disk
        db.pragma('wal_checkpoint(TRUNCATE)');
      });
      return pruned;
    },
    verify: (release) => read(() => verifyRows(sql.journal.all(release), textOf, sql.head.get(release))),
    close: () => read(() => void db.close()),
  };
};

const open = (path: string): Database.Database => {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.pragma('busy_timeout = 5000');
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version > migrations.length)
    throw new StagingError(
      'STORE_NEWER',
      `Failed to open ${path}: it has format ${version}, and this program knows up to ${migrations.length}.`,
    );
  db.transaction(() => {
    for (const step of migrations.slice(version)) db.exec(step);
    db.pragma(`user_version = ${migrations.length}`);
  }).immediate();
  return db;
};

/** SQLite's own codes become ours at this door. */
const guarded = <T>(path: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    if (error instanceof StagingError) throw error;
    const cannotWrite = isWriteRefused(error);
    throw new StagingError(
      cannotWrite ? 'JOURNAL_WRITE_FAILED' : 'STORE_UNREADABLE',
      `Failed to ${cannotWrite ? 'write' : 'read'} the journal at ${path}: ${reason(error)}.`,
      { cause: error },
    );
  }
};

const statements = (db: Database.Database) => ({
  saveRelease: db.prepare(
    `INSERT INTO releases (id, request, state, outcome, reason, model, simulated, created_at, updated_at)
     VALUES (:id, :request, :state, :outcome, :reason, :model, :simulated, :createdAt, :updatedAt)
     ON CONFLICT (id) DO UPDATE SET state = :state, outcome = :outcome, reason = :reason, model = :model, updated_at = :updatedAt`,
  ),
  release: db.prepare<[string], Rows['release']>('SELECT * FROM releases WHERE id = ?'),
  releases: db.prepare<[], Rows['release']>('SELECT * FROM releases ORDER BY created_at DESC, rowid DESC'),
  hasKey: db.prepare<[string, string], { one: number }>('SELECT 1 AS one FROM journal WHERE release = ? AND key = ?'),
  lastRow: db.prepare<[string], { sequence: number; hash: string }>(
    'SELECT sequence, hash FROM journal WHERE release = ? ORDER BY sequence DESC LIMIT 1',
  ),
  append: db.prepare(
    `INSERT INTO journal (release, sequence, key, at, agent, routine, kind, name, value, previous_hash, hash)
     VALUES (:release, :sequence, :key, :at, :agent, :routine, :kind, :name, :value, :previousHash, :hash)`,
  ),
  journal: db.prepare<[string], StoredRow>(
    'SELECT release, sequence, key, at, agent, routine, kind, name, value, previous_hash AS previousHash, hash FROM journal WHERE release = ? ORDER BY sequence',
  ),
  head: db.prepare<[string], { rows: number; hash: string }>('SELECT rows, hash FROM heads WHERE release = ?'),
  putEvidence: db.prepare('INSERT INTO evidence (digest, value) VALUES (?, ?) ON CONFLICT DO NOTHING'),
  evidence: db.prepare<[string], { value: Packed }>('SELECT value FROM evidence WHERE digest = ?'),
  begin: db.prepare(
    `INSERT INTO operations (id, release, name, started_at, reserved) VALUES (:id, :release, :name, :at, :reservedCredits)
     ON CONFLICT (id) DO UPDATE SET started_at = :at, lost = lost + reserved, reserved = :reservedCredits`,
  ),
  operation: db.prepare<[string], Rows['operation']>('SELECT * FROM operations WHERE id = ?'),
  finish: db.prepare(
    'UPDATE operations SET finished_at = :at, digest = :digest, input_tokens = :inputTokens, output_tokens = :outputTokens, reserved = :credits WHERE id = :id',
  ),
  activeMs: db.prepare<[string, string], { ms: number | null }>(
    `SELECT sum(finished_at - started_at) AS ms FROM operations
     WHERE release = ? AND finished_at IS NOT NULL AND name NOT IN (SELECT value FROM json_each(?))`,
  ),
  spent: db.prepare<[string], Rows['spent']>(
    'SELECT count(input_tokens) AS calls, sum(input_tokens) AS inputTokens, sum(output_tokens) AS outputTokens, sum(reserved + lost) AS credits FROM operations WHERE release = ?',
  ),
});
