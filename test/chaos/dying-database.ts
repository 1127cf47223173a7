import pg, { type Pool, type PoolClient } from 'pg';
import { openLeases } from '../../src/blackboard/leases.js';
import { openLine } from '../../src/blackboard/line.js';
import { openPostgres } from '../../src/blackboard/postgres.js';
import type { SharedDatabase } from '../../src/desk/shared/database.js';

/** Where it dies: at one of the commits, counted from one, on this side of it, or with the first question after so many effects on the world. */
export type CutPoint = { commit: number; when: 'before' | 'after' } | { effect: number };

/** The shared database as a process sees it that dies at a commit: nothing that it asks from there on is asked, and nothing is answered. */
export type DyingDatabase = { database: SharedDatabase; commits: () => number; died: Promise<void>; close: () => Promise<void> };

/** A new one each time: whoever waits for one that is kept is kept, too. */
const never = (): Promise<never> => new Promise(() => undefined);
type Query = (...asked: unknown[]) => Promise<unknown>;

export const dyingDatabase = (url: string, point: CutPoint | null, effects: () => number): DyingDatabase => {
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  const clients = new Set<PoolClient>();
  let [isDead, commits] = [false, 0];
  pool.on('connect', (client) => (isDead ? cutOff(client) : clients.add(client)));
  let tellOfDeath = (): void => undefined;
  const died = new Promise<void>((resolve) => (tellOfDeath = resolve));

  const die = (): Promise<never> => {
    isDead = true;
    clients.forEach(cutOff);
    void pool.end().catch(() => undefined); // whoever waits for a connection gets no new one
    tellOfDeath();
    return never();
  };
  const alive = async <T>(work: () => Promise<T>): Promise<T> => {
    if (isDead) return never();
    const [answer] = await Promise.allSettled([work()]);
    if (isDead) return never();
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  };
  const isHere = (when: 'before' | 'after'): boolean =>
    point !== null && ('effect' in point ? effects() >= point.effect : commits === point.commit && when === point.when);
  const queryOf =
    (query: Query): Query =>
    async (...asked) => {
      if (asked[0] !== 'COMMIT') return point !== null && 'effect' in point && isHere('before') ? die() : alive(() => query(...asked));
      if (isDead) return never();
      commits += 1;
      if (isHere('before')) return die();
      const [here, answer] = [isHere('after'), await alive(() => query(...asked))];
      return here ? die() : answer;
    };
  const lent = (client: PoolClient): PoolClient => instead(client, { query: queryOf(client.query.bind(client) as Query) });
  const watched = instead<Pool>(pool, {
    connect: () => alive(async () => lent(await pool.connect())),
    query: queryOf(pool.query.bind(pool)),
  });
  const postgres = openPostgres(watched);
  return {
    database: { pool: watched, postgres, leases: openLeases(postgres), line: openLine(postgres), close: postgres.close },
    commits: () => commits,
    died,
    close: () => (isDead ? Promise.resolve() : pool.end()),
  };
};

/** As the kernel does. */
const cutOff = (client: PoolClient): void =>
  (client as unknown as { connection: { stream: { destroy: () => void } } }).connection.stream.destroy();

/** The same, but for these methods. */
const instead = <T extends object>(target: T, methods: Record<string, unknown>): T =>
  new Proxy(target, {
    get: (_, key) => {
      const found: unknown = methods[String(key)] ?? Reflect.get(target, key);
      return typeof found === 'function' && methods[String(key)] === undefined ? (found.bind(target) as unknown) : found;
    },
  });
