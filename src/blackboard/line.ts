import { redactAll } from '../catalog/redact.js';
import { mustHold, type Fence } from './leases.js';
import type { Postgres } from './postgres.js';
import { takeFromQueue } from './postgres-store.js';

/** What a release waits for; a soak is woken at a time of the environment's own clock. */
export type Wait<Question = unknown> = { kind: 'approval'; question: Question } | { kind: 'soak'; wakeAt: number };

/** The release whose turn it is, and since when or from when there is something to do for it; null: it waits for a person. */
export type Duty = { release: string; dueAt: number | null };

/** Where a release stands in the line of its environment; `behind` has the environment, or comes before it. */
export type Place = { release: string; environment: string; behind: string | null };

/**
 * The line of releases in front of each environment: the first has it until it has ended, the others wait in the order they came. With
 * it lies what people have asked for meanwhile, until a worker has carried it out. Throws DATABASE_UNREACHABLE, STORE_UNREADABLE, LEASE_LOST.
 */
export const openLine = ({ transaction }: Postgres) => {
  const ask = <T extends object>(text: string, values: readonly unknown[]): Promise<T[]> => transaction(({ ask }) => ask<T>(text, values));
  const under = (fence: Fence, text: string, values: readonly unknown[]): Promise<object[]> =>
    transaction(async (connection) => {
      await mustHold(connection, fence);
      return connection.ask(text, values);
    });
  return {
    join: async (release: string, environment: string): Promise<void> => {
      await ask('INSERT INTO staging.line (release, environment) VALUES ($1, $2) ON CONFLICT DO NOTHING', [release, environment]);
    },
    /** Unless a person has asked for something meanwhile. */
    leave: async (release: string): Promise<void> => {
      await ask('DELETE FROM staging.line WHERE release = $1 AND NOT EXISTS (SELECT 1 FROM staging.moves WHERE release = $1)', [release]);
    },
    places: (): Promise<Place[]> => ask<Place>(places, []),
    duty: async (environment: string): Promise<Duty | null> => {
      const [row] = await ask<DutyRow>(duty, [environment]);
      return row === undefined ? null : { release: row.release, dueAt: isAtOnce(row) ? 0 : row.wake_at };
    },
    /** Of these environments, those in front of which somebody waits and nobody acts. */
    unattended: async (environments: readonly string[]): Promise<string[]> =>
      (await ask<{ environment: string }>(unattended, [environments])).map(({ environment }) => environment),
    /** Whoever is first: a worker that begins it, or a person who takes it out of the line. */
    begin: (release: string, at: number, fence: Fence): Promise<boolean> =>
      transaction(async (connection) => {
        await mustHold(connection, fence);
        return takeFromQueue(connection, release, { state: 'running', outcome: null, reason: '', updatedAt: at });
      }),
    cancel: (release: string, reason: string, at: number): Promise<boolean> =>
      transaction(async (connection) => {
        const isTaken = await takeFromQueue(connection, release, { state: 'ended', outcome: 'stopped', reason, updatedAt: at });
        if (isTaken) await connection.ask('DELETE FROM staging.line WHERE release = $1', [release]);
        return isTaken;
      }),
    ask: async (release: string, move: object): Promise<void> => {
      await ask('INSERT INTO staging.moves (release, move) VALUES ($1, $2)', [release, JSON.stringify(redactAll(move))]);
    },
    /** What is still to be carried out, oldest first. */
    asked: async (release: string): Promise<{ place: number; move: unknown }[]> =>
      (
        await ask<{ place: number; move: string }>('SELECT place, move FROM staging.moves WHERE release = $1 ORDER BY place', [release])
      ).map(({ place, move }) => ({ place, move: JSON.parse(move) as unknown })),
    carriedOut: async (place: number, fence: Fence): Promise<void> => {
      await under(fence, 'DELETE FROM staging.moves WHERE place = $1', [place]);
    },
    wait: async (release: string, wait: Wait | null, fence: Fence): Promise<void> => {
      if (wait === null) await under(fence, 'DELETE FROM staging.waits WHERE release = $1', [release]);
      else {
        const question = wait.kind === 'approval' ? JSON.stringify(redactAll(wait.question)) : null;
        await under(fence, setWait, [release, wait.kind, wait.kind === 'soak' ? wait.wakeAt : null, question]);
      }
    },
    waitOf: async (release: string): Promise<Wait | null> => {
      const [row] = await ask<WaitRow>('SELECT kind, wake_at, question FROM staging.waits WHERE release = $1', [release]);
      if (row === undefined) return null;
      return row.question === null
        ? { kind: 'soak', wakeAt: row.wake_at ?? 0 }
        : { kind: 'approval', question: JSON.parse(row.question) as unknown };
    },
    /** Which releases sleep while they soak. */
    asleep: async (): Promise<string[]> =>
      (await ask<{ release: string }>(`SELECT release FROM staging.waits WHERE kind = 'soak'`, [])).map(({ release }) => release),
  };
};

type WaitRow = { kind: string; wake_at: number | null; question: string | null };
type DutyRow = { release: string; state: string; outcome: string | null; wake_at: number | null; waits: boolean; moves: number };

/** What a worker has left, what is asked for, and a question that was open when a worker died before it could show it. */
const isAtOnce = ({ state, outcome, waits, moves }: DutyRow): boolean => state !== 'waiting' || moves > 0 || (outcome === null && !waits);

const duty = `SELECT line.release, releases.state, releases.outcome, waits.wake_at, waits.release IS NOT NULL AS waits, (SELECT count(*) FROM staging.moves WHERE moves.release = line.release) AS moves
  FROM staging.line JOIN staging.releases ON releases.id = line.release LEFT JOIN staging.waits ON waits.release = line.release
  WHERE line.environment = $1 ORDER BY line.place LIMIT 1`;

const places = `SELECT release, environment, lag(release) OVER (PARTITION BY environment ORDER BY place) AS behind
  FROM staging.line ORDER BY environment, place`;

const unattended = `SELECT DISTINCT line.environment FROM staging.line LEFT JOIN staging.leases ON leases.environment = line.environment
  WHERE line.environment = ANY($1) AND (leases.holder IS NULL OR leases.until < clock_timestamp())`;

const setWait = `INSERT INTO staging.waits (release, kind, wake_at, question) VALUES ($1, $2, $3, $4)
  ON CONFLICT (release) DO UPDATE SET kind = $2, wake_at = $3, question = $4`;
