import { randomUUID } from 'node:crypto';
import type { Connection, Postgres } from './postgres.js';
import { toJournalRow } from './store-rows.js';
import type { JournalReader } from './store.js';
import type { StoredRow } from './verify-rows.js';

/** A process that was not heard of for so long has ended, and another one reads on under the name. */
const heldForS = 60;

/** A reader of the journal in PostgreSQL: of the processes that open one of a name, one reads at a time. Time is the database's. */
export const postgresReader = async ({ transaction }: Postgres, name: string): Promise<JournalReader> => {
  const holder = randomUUID();
  await transaction(async ({ ask }) => {
    const added = await ask(
      `INSERT INTO staging.readers (name, holder, until) VALUES ($1, '', clock_timestamp()) ON CONFLICT DO NOTHING RETURNING name`,
      [name],
    );
    if (added.length > 0)
      await ask('INSERT INTO staging.passed (reader, release, sequence) SELECT $1, release, rows FROM staging.heads', [name]);
  });
  /** Whether it is this process that reads; then it is for a while from now on. */
  const hold = async ({ ask }: Connection): Promise<boolean> => {
    const held = await ask(
      `UPDATE staging.readers SET holder = $2, until = clock_timestamp() + $3 * interval '1 s'
       WHERE name = $1 AND (holder = $2 OR until < clock_timestamp()) RETURNING name`,
      [name, holder, heldForS],
    );
    return held.length > 0;
  };
  return {
    next: (limit) =>
      transaction(async (connection) =>
        (await hold(connection)) ? (await connection.ask<StoredRow>(unread, [name, limit])).map(toJournalRow) : [],
      ),
    pass: ({ release, sequence }) =>
      transaction(async (connection) => {
        await hold(connection); // what is slow to send is held for as long as it takes
        await connection.ask(
          `INSERT INTO staging.passed AS known (reader, release, sequence) VALUES ($1, $2, $3)
           ON CONFLICT (reader, release) DO UPDATE SET sequence = greatest(known.sequence, excluded.sequence)`,
          [name, release, sequence],
        );
      }),
  };
};

const unread = `SELECT j.release, j.sequence, j.key, j.at, j.agent, j.routine, j.kind, j.name, j.value, j.previous_hash AS "previousHash", j.hash
  FROM staging.heads AS h LEFT JOIN staging.passed AS p ON p.release = h.release AND p.reader = $1
  JOIN staging.journal AS j ON j.release = h.release AND j.sequence > coalesce(p.sequence, 0)
  WHERE h.rows > coalesce(p.sequence, 0) ORDER BY h.release, j.sequence LIMIT $2`;
