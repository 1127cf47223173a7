import { asked, removals } from './catalog-queries.js';
import type { Client } from './connect.js';
import { describeSchemas, shapeOf } from './describe-schemas.js';
import { insertRows } from './rows.js';
import { readSnapshot } from './snapshot-file.js';

/**
 * Makes the schemas what a snapshot holds, below the services that use them, within the transaction of the caller: what is there goes,
 * what was there comes, and before it counts the two are compared. Who may see what comes from the snapshot, or stays where that is silent.
 */
export const putBack = async (client: Client, schemas: readonly string[], path: string): Promise<void> => {
  const { description, batches } = await readSnapshot(path);
  const { access } = await describeSchemas(client, schemas);
  await client.query('SET LOCAL check_function_bodies = off');
  const drops: string[] = [];
  for (const sql of asked(removals)) drops.push(...(await client.query<{ sql: string }>(sql, [schemas])).rows.map((row) => row.sql));
  await runInAnyOrder(client, drops);
  await runInAnyOrder(client, description.before);
  for await (const { table, rows } of batches) await insertRows(client, table, rows);
  for (const { name, lastValue, isCalled } of description.sequences)
    await client.query('SELECT setval($1::regclass, $2::bigint, $3::boolean)', [name, lastValue, isCalled]);
  await runInAnyOrder(client, description.after);
  const now = await describeSchemas(client, schemas);
  const isThere = new Set((now.access ?? []).map(({ object }) => object));
  for (const { object, sql } of description.access ?? access ?? []) if (isThere.has(object)) await client.query(sql);
  if (now.unknown.length > 0) throw new Error(`what came since would stay and can't be taken away by us: ${now.unknown.join(', ')}`);
  if (now.server === description.server && shapeOf(now) !== shapeOf(description))
    throw new Error('what was put back is not what the snapshot describes, so nothing was changed');
};

/** Each as soon as what it needs is there, or what needs it is gone. Throws why none of those that are left can be run. */
const runInAnyOrder = async (client: Client, statements: readonly string[]): Promise<void> => {
  let left = [...statements];
  while (left.length > 0) {
    const waiting: string[] = [];
    let why: unknown;
    for (const sql of left) {
      await client.query('SAVEPOINT step');
      try {
        await client.query(sql);
        await client.query('RELEASE step');
      } catch (error) {
        why ??= error;
        waiting.push(sql);
        await client.query('ROLLBACK TO step');
      }
    }
    if (waiting.length === left.length) throw withDetail(why);
    left = waiting;
  }
};

/** PostgreSQL says what stands in the way beside the message. */
const withDetail = (error: unknown): unknown =>
  error instanceof Error && 'detail' in error && typeof error.detail === 'string'
    ? new Error(`${error.message}: ${error.detail}`, { cause: error })
    : error;
