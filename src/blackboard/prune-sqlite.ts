import type Database from 'better-sqlite3';
import { digestsIn } from './digest.js';
import { sealName, type JournalEntry, type Pruned, type PrunePlan, type Seal } from './store.js';

type Append = (release: string, entries: readonly JournalEntry[]) => void;

/** Carries out a plan of pruning, inside the transaction that it is called in. */
export const pruneSqlite = (db: Database.Database, { forget, seal }: PrunePlan, append: Append): Pruned => {
  const sql = statements(db);
  const candidates = new Set<string>();
  const pruned: Pruned = { operations: 0, rows: 0, evidence: 0 };
  for (const release of forget) {
    for (const digest of sql.digestsOf.iterate(release)) candidates.add(digest);
    pruned.operations += sql.forget.run(release).changes;
  }
  for (const { release, at, keeps } of seal) {
    const last = sql.last.get(release);
    if (last === undefined) continue;
    for (const value of sql.values.iterate(release)) for (const digest of digestsIn(value)) candidates.add(digest);
    const value: Seal = { rows: last.sequence, hash: last.hash, keeps };
    append(release, [{ key: `${sealName}:${last.sequence}`, at, agent: 'retention', routine: '', kind: 'note', name: sealName, value }]);
    pruned.rows += sql.cut.run(release, last.sequence).changes;
  }
  if (candidates.size === 0) return pruned;
  for (const value of sql.allValues.iterate()) for (const digest of digestsIn(value)) candidates.delete(digest);
  for (const digest of sql.allDigests.iterate()) candidates.delete(digest);
  for (const digest of candidates) pruned.evidence += sql.drop.run(digest).changes;
  return pruned;
};

const statements = (db: Database.Database) => ({
  digestsOf: db.prepare<[string], string>('SELECT digest FROM operations WHERE release = ? AND digest IS NOT NULL').pluck(),
  forget: db.prepare<[string]>('UPDATE operations SET digest = NULL WHERE release = ? AND digest IS NOT NULL'),
  last: db.prepare<[string], { sequence: number; hash: string }>(
    'SELECT sequence, hash FROM journal WHERE release = ? ORDER BY sequence DESC LIMIT 1',
  ),
  values: db.prepare<[string], string>('SELECT value FROM journal WHERE release = ?').pluck(),
  cut: db.prepare<[string, number]>('DELETE FROM journal WHERE release = ? AND sequence <= ?'),
  allValues: db.prepare<[], string>('SELECT value FROM journal').pluck(),
  allDigests: db.prepare<[], string>('SELECT digest FROM operations WHERE digest IS NOT NULL').pluck(),
  drop: db.prepare<[string]>('DELETE FROM evidence WHERE digest = ?'),
});
