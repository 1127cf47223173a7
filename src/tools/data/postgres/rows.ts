import type { PostgresTable } from './describe-schemas.js';
import type { Client } from './connect.js';
import type { Row, Rows } from './snapshot-file.js';

const batchRows = 500;

/** Every row of the tables, in the order of their keys, without holding more than a batch. Within a transaction. */
export async function* readRows(
  client: Client,
  tables: readonly PostgresTable[],
): Rows & AsyncGenerator<{ table: PostgresTable; rows: Row[] }> {
  for (const table of tables) {
    const names = table.columns.map(({ name }) => client.escapeIdentifier(name)).join(', ');
    const order = table.key.length === 0 ? '' : ` ORDER BY ${table.key.map((name) => client.escapeIdentifier(name)).join(', ')}`;
    await client.query(`DECLARE rows NO SCROLL CURSOR FOR SELECT ${names} FROM ${table.table}${order}`);
    for (;;) {
      const { rows } = await client.query<Row>({ text: `FETCH ${batchRows} FROM rows`, rowMode: 'array' });
      if (rows.length > 0) yield { table, rows };
      if (rows.length < batchRows) break;
    }
    await client.query('CLOSE rows');
  }
}

/** Each column goes in as one list of texts: few parameters, however many rows. */
export const insertRows = async (client: Client, { table, columns }: PostgresTable, rows: readonly Row[]): Promise<void> => {
  const names = columns.map(({ name }) => client.escapeIdentifier(name)).join(', ');
  const values = columns.map(({ type }, place) => `c${place}::${type}`).join(', ');
  const lists = columns.map((_, place) => `$${place + 1}::text[]`).join(', ');
  const as = columns.map((_, place) => `c${place}`).join(', ');
  await client.query(
    `INSERT INTO ${table} (${names}) OVERRIDING SYSTEM VALUE SELECT ${values} FROM unnest(${lists}) AS given (${as})`,
    columns.map((_, place) => rows.map((row) => row[place] ?? null)),
  );
};
