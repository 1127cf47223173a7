import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { reason, StagingError } from '../../catalog/errors.js';
import { redactDocument } from '../../catalog/redact.js';
import { sampleSchema, type Sample } from '../../catalog/measurements.js';
import type { EnvironmentName, SlotName } from '../../catalog/tools.js';
import type { Series } from './prometheus-text.js';
import { sampleMigrations } from './sample-migrations.js';

/** A slot, or a slot of one of several services, as `placeOf` names it. */
type Place = { environment: EnvironmentName; place: string };
export type Scrape = Place & { at: number; series: readonly Series[]; problems: readonly string[] };
export type Point = { labels: Record<string, string>; at: number; value: number };

/** Samples and scraped series in `<stateDir>/samples.db`. Throws STORE_UNREADABLE, STORE_NEWER. */
export const openSampleStore = (stateDir: string) => {
  const db = open(join(stateDir, 'samples.db'));
  const sql = statements(db);
  const addSamples = db.transaction((samples: readonly Sample[]) => {
    for (const sample of samples) sql.addSample.run(toRow(sample));
  });
  const ids = new Map<string, number | bigint>();
  const idOf = (environment: EnvironmentName, place: string, name: string, labels: string): number | bigint => {
    const key = `${environment}/${place}/${name}${labels}`;
    const seen = ids.get(key);
    if (seen !== undefined) return seen;
    const kept = redactDocument(labels);
    const known = sql.seriesId.get(environment, place, name, kept)?.id;
    const id = known ?? sql.addSeries.run(environment, place, name, kept).lastInsertRowid;
    ids.set(key, id);
    return id;
  };
  const addScrape = db.transaction(({ environment, place, at, series, problems }: Scrape) => {
    for (const { name, labels, value } of series) {
      const id = idOf(environment, place, name, JSON.stringify(labels));
      sql.addPoint.run(id, at, Number.isNaN(value) ? null : value);
    }
    sql.addScrape.run({ at, environment, slot: place, series: series.length, problems: JSON.stringify(problems) });
    sql.forgetPoints.run(at - keptMs);
    sql.forgetScrapes.run(at - keptMs);
  });
  return {
    addSamples: (samples: readonly Sample[]): void => addSamples.immediate(samples),
    addScrape: (scrape: Scrape): void => {
      try {
        addScrape.immediate(scrape);
      } catch (error) {
        ids.clear(); // some may have been taken back with the rest
        throw error;
      }
    },
    /** `fromAt < at <= toAt`, oldest first. */
    samples: (environment: EnvironmentName, slot: SlotName, fromAt: number, toAt: number): Sample[] =>
      sql.samples.all(environment, slot, fromAt, toAt).map(toSample),
    newerThan: (environment: EnvironmentName, at: number): Sample[] => sql.newerThan.all({ environment, at }).map(toSample),
    points: ({ environment, place }: Place, name: string, fromAt: number, toAt: number): Point[] =>
      sql.points.all(environment, place, name, fromAt, toAt).map(({ labels, at, value }) => ({
        labels: JSON.parse(labels) as Record<string, string>, // written by addScrape
        at,
        value: value ?? NaN,
      })),
    close: (): void => void db.close(),
  };
};

export type SampleStore = ReturnType<typeof openSampleStore>;

/** Scraped series are many and only looked at while a release runs; the samples, which verdicts rest on, stay. */
const keptMs = 2 * 3_600_000;

const open = (path: string): Database.Database => {
  try {
    mkdirSync(join(path, '..'), { recursive: true });
    const db = new Database(path, { timeout: 5_000 });
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    migrate(db, path);
    return db;
  } catch (error) {
    if (error instanceof StagingError) throw error;
    throw new StagingError('STORE_UNREADABLE', `Failed to open the samples at ${path}: ${reason(error)}.`, { cause: error });
  }
};

const migrate = (db: Database.Database, path: string): void =>
  db
    .transaction(() => {
      const version = Number(db.pragma('user_version', { simple: true }));
      if (version > sampleMigrations.length)
        throw new StagingError(
          'STORE_NEWER',
          `Failed to open the samples at ${path}: they have format ${version}, and this program knows ${sampleMigrations.length}.`,
        );
      for (const step of sampleMigrations.slice(version)) db.exec(step);
      db.pragma(`user_version = ${sampleMigrations.length}`);
    })
    .immediate();

type SampleRow = Omit<Sample, 'healthy' | 'mirrored' | 'service'> & {
  healthy: number | null;
  mirrored: string | null;
  service: string | null;
};

const toRow = ({ healthy, mirrored, service, ...sample }: Sample): SampleRow => ({
  ...sample,
  service: service ?? null,
  healthy: healthy === null ? null : Number(healthy),
  mirrored: mirrored === undefined ? null : JSON.stringify(mirrored),
});

const toSample = ({ healthy, mirrored, service, ...row }: SampleRow): Sample =>
  sampleSchema.parse({
    ...row,
    ...(service !== null && { service }),
    healthy: healthy === null ? null : healthy === 1,
    ...(mirrored !== null && { mirrored: JSON.parse(mirrored) as unknown }), // the schema parses it
  });

const columns = `at, environment, slot, version, requests, errors, latency_average_ms AS latencyAverageMs, latency_p95_ms AS latencyP95Ms,
  cpu_cores AS cpuCores, memory_bytes AS memoryBytes, healthy, restarts, error_log_lines AS errorLogLines, mirrored, service`;

const statements = (db: Database.Database) => ({
  addSample: db.prepare(
    `INSERT INTO samples (at, environment, slot, version, requests, errors, latency_average_ms, latency_p95_ms, cpu_cores, memory_bytes, healthy, restarts, error_log_lines, mirrored, service)
     VALUES (:at, :environment, :slot, :version, :requests, :errors, :latencyAverageMs, :latencyP95Ms, :cpuCores, :memoryBytes, :healthy, :restarts, :errorLogLines, :mirrored, :service)`,
  ),
  samples: db.prepare<[string, string, number, number], SampleRow>(
    `SELECT ${columns} FROM samples WHERE environment = ? AND slot = ? AND at > ? AND at <= ? ORDER BY at, id`,
  ),
  newerThan: db.prepare<[{ environment: string; at: number }], SampleRow>(
    `SELECT ${columns} FROM samples WHERE environment = :environment
       AND at = (SELECT min(at) FROM samples WHERE environment = :environment AND at > :at) ORDER BY id`,
  ),
  seriesId: db.prepare<[string, string, string, string], { id: number }>(
    'SELECT id FROM series WHERE environment = ? AND slot = ? AND name = ? AND labels = ?',
  ),
  addSeries: db.prepare('INSERT INTO series (environment, slot, name, labels) VALUES (?, ?, ?, ?)'),
  addPoint: db.prepare('INSERT OR REPLACE INTO points (series, at, value) VALUES (?, ?, ?)'),
  addScrape: db.prepare(
    'INSERT INTO scrapes (at, environment, slot, series, problems) VALUES (:at, :environment, :slot, :series, :problems)',
  ),
  forgetPoints: db.prepare('DELETE FROM points WHERE at < ?'),
  forgetScrapes: db.prepare('DELETE FROM scrapes WHERE at < ?'),
  points: db.prepare<[string, string, string, number, number], { labels: string; at: number; value: number | null }>(
    `SELECT labels, at, value FROM points JOIN series ON series.id = points.series
     WHERE environment = ? AND slot = ? AND name = ? AND at > ? AND at <= ? ORDER BY at, labels`,
  ),
});
