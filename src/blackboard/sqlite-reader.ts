import type Database from 'better-sqlite3';
import { toJournalRow } from './store-rows.js';
import type { JournalReader } from './store.js';
import type { StoredRow } from './verify-rows.js';

/** How the store asks its file. */
type Ways = { read: <T>(work: () => T) => Promise<T>; write: <T>(work: () => T) => Promise<T> };

/** A reader of the journal in a SQLite file; one process at a time acts there, so nobody else reads under its name. */
export const sqliteReader = async (db: Database.Database, name: string, { read, write }: Ways): Promise<JournalReader> => {
  const unread = db.prepare<[string, number], StoredRow>(
    `SELECT j.release, j.sequence, j.key, j.at, j.agent, j.routine, j.kind, j.name, j.value, j.previous_hash AS previousHash, j.hash
     FROM heads AS h LEFT JOIN passed AS p ON p.release = h.release AND p.reader = ?
     JOIN journal AS j ON j.release = h.release AND j.sequence > coalesce(p.sequence, 0)
     WHERE h.rows > coalesce(p.sequence, 0) ORDER BY h.rowid, j.sequence LIMIT ?`,
  );
  const pass = db.prepare<[string, string, number]>(
    `INSERT INTO passed (reader, release, sequence) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET sequence = max(sequence, excluded.sequence)`,
  );
  await write(() => {
    if (db.prepare('INSERT INTO readers (name) VALUES (?) ON CONFLICT DO NOTHING').run(name).changes === 0) return;
    db.prepare('INSERT INTO passed (reader, release, sequence) SELECT ?, release, rows FROM heads').run(name);
  });
  return {
    next: (limit) => read(() => unread.all(name, limit).map(toJournalRow)),
    pass: ({ release, sequence }) => write(() => void pass.run(name, release, sequence)),
  };
};
