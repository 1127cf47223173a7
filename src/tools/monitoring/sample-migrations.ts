/** One step per version of the file, applied in order; a step that was shipped is never changed. */
export const sampleMigrations: readonly string[] = [
  `CREATE TABLE samples (
     id INTEGER PRIMARY KEY, at REAL NOT NULL, environment TEXT NOT NULL, slot TEXT NOT NULL, version TEXT,
     requests INTEGER NOT NULL, errors INTEGER NOT NULL, latency_average_ms REAL, latency_p95_ms REAL, cpu_cores REAL, memory_bytes REAL,
     healthy INTEGER, restarts INTEGER NOT NULL, error_log_lines INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX samples_place ON samples (environment, slot, at);
   CREATE TABLE series (
     id INTEGER PRIMARY KEY, environment TEXT NOT NULL, slot TEXT NOT NULL, name TEXT NOT NULL, labels TEXT NOT NULL,
     UNIQUE (environment, slot, name, labels)
   ) STRICT;
   CREATE TABLE points (series INTEGER NOT NULL, at REAL NOT NULL, value REAL, PRIMARY KEY (series, at)) STRICT, WITHOUT ROWID;
   CREATE TABLE scrapes (
     id INTEGER PRIMARY KEY, at REAL NOT NULL, environment TEXT NOT NULL, slot TEXT NOT NULL, series INTEGER NOT NULL, problems TEXT NOT NULL
   ) STRICT;
   CREATE INDEX points_at ON points (at);
   CREATE INDEX scrapes_place ON scrapes (environment, slot, at);`,
  'ALTER TABLE samples ADD COLUMN mirrored TEXT;', // JSON, null where nothing was mirrored
  'ALTER TABLE samples ADD COLUMN service TEXT;', // null: the service that the release is named after
];
