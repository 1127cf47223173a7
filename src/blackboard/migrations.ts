/** One step per version of the file, applied in order; a step that was shipped is never changed. */
export const migrations: readonly string[] = [
  `CREATE TABLE releases (
     id TEXT PRIMARY KEY, request TEXT NOT NULL, state TEXT NOT NULL, outcome TEXT, reason TEXT NOT NULL, model TEXT NOT NULL,
     simulated INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE journal (
     release TEXT NOT NULL, sequence INTEGER NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, agent TEXT NOT NULL, routine TEXT NOT NULL,
     kind TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, previous_hash TEXT NOT NULL, hash TEXT NOT NULL,
     PRIMARY KEY (release, sequence)
   ) STRICT;
   CREATE UNIQUE INDEX journal_key ON journal (release, key);
   CREATE TABLE heads (release TEXT PRIMARY KEY, rows INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
   CREATE TRIGGER journal_head AFTER INSERT ON journal BEGIN
     INSERT INTO heads (release, rows, hash) VALUES (new.release, 1, new.hash)
     ON CONFLICT (release) DO UPDATE SET rows = rows + 1, hash = new.hash;
   END;
   CREATE TABLE evidence (digest TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE operations (
     id TEXT PRIMARY KEY, release TEXT NOT NULL, name TEXT NOT NULL, started_at INTEGER NOT NULL, finished_at INTEGER, digest TEXT,
     input_tokens INTEGER, output_tokens INTEGER, reserved INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX operations_release ON operations (release);`,
  `ALTER TABLE operations ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;`,
  `CREATE TABLE readers (name TEXT PRIMARY KEY) STRICT;
   CREATE TABLE passed (
     reader TEXT NOT NULL, release TEXT NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (reader, release)
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE packed (digest TEXT PRIMARY KEY, value ANY NOT NULL) STRICT;
   INSERT INTO packed SELECT digest, value FROM evidence;
   DROP TABLE evidence;
   ALTER TABLE packed RENAME TO evidence;`,
];
