import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import type { TestPostgres } from '../../../support/postgres.js';

export const temporaryFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'data-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

/** A connection that stays open to the end of the test, as a service has it. */
export const connected = async (url: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // the server may be stopped below it
  await client.connect();
  onTestFinished(() => client.end());
  return client;
};

let databases = 0;

/** A new database with the statements run in it. */
export const databaseWith = async (postgres: TestPostgres, sql = ''): Promise<{ url: string; client: pg.Client }> => {
  const url = await postgres.createDatabase(`shop_${(databases += 1)}`);
  const client = await connected(url);
  if (sql !== '') await client.query(sql);
  return { url, client };
};

/** Every row of every table of a schema, each as the server prints it. */
export const contentOf = async (client: pg.Client, schema = 'public'): Promise<Record<string, string[]>> => {
  const { rows } = await client.query<{ name: string }>(
    "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = $1 ORDER BY 1",
    [schema],
  );
  const content: Record<string, string[]> = {};
  for (const { name } of rows)
    content[name] = (await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t ORDER BY 1`)).rows.map(({ row }) => row);
  return content;
};

/** One of each that a shop may have, with values that are easy to lose. */
export const shop = `
  CREATE TYPE mood AS ENUM ('happy', 'it''s fine');
  CREATE DOMAIN cents AS bigint NOT NULL CHECK (VALUE >= 0);
  CREATE TYPE spot AS (x integer, y integer);
  CREATE FUNCTION slug(given text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lower(given) $$;
  CREATE SEQUENCE tickets START WITH 100 INCREMENT BY 5;
  CREATE TABLE customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE, name character varying(40) COLLATE "C", mood mood DEFAULT 'happy',
    slug text GENERATED ALWAYS AS (slug(email)) STORED, avatar bytea, tags text[], at spot, born date, "Odd Name" jsonb
  );
  CREATE TABLE orders (
    id serial PRIMARY KEY, customer bigint NOT NULL REFERENCES customers (id) ON DELETE CASCADE, total cents, weight double precision,
    note text, placed timestamp with time zone, CONSTRAINT sane CHECK (weight IS NULL OR weight > 0)
  );
  ALTER TABLE customers ADD COLUMN favourite integer REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED;
  CREATE TABLE audit (at timestamptz DEFAULT now(), what text);
  CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.audit (what) VALUES (TG_OP); RETURN NEW; END $$;
  CREATE FUNCTION customers_called(given text) RETURNS SETOF customers LANGUAGE sql AS $$ SELECT * FROM public.customers WHERE name = given $$;
  CREATE INDEX orders_by_day ON orders ((placed AT TIME ZONE 'UTC')) WHERE total > 10;
  CREATE VIEW spent AS SELECT c.email, sum(o.total) AS cents FROM customers c JOIN orders o ON o.customer = c.id GROUP BY c.email;
  CREATE VIEW loud AS SELECT upper(email) AS email FROM spent;
  CREATE MATERIALIZED VIEW totals AS SELECT count(*) AS orders FROM orders;
  CREATE TRIGGER notes AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION noted();
  COMMENT ON TABLE orders IS 'what people bought';
  COMMENT ON COLUMN orders.note IS 'the driver''s';
  INSERT INTO customers (email, name, mood, avatar, tags, at, born, "Odd Name") VALUES
    ('Ada@Shop.Example', 'Ada Lovelace', 'it''s fine', '\\x00ff10', '{"a,b","c\\"d",NULL}', '(1,2)', '1815-12-10', '{"a": null, "n": 12345678901234567890.5}'),
    ('bob@shop.example', NULL, 'happy', NULL, '{}', NULL, NULL, 'null');
  INSERT INTO orders (customer, total, weight, note, placed) VALUES
    (1, 995, 0.1, E'two\\nlines and a \u2028 separator\\\\', '2026-01-02 03:04:05.678901+00'), (1, 9007199254740993, 'Infinity', '', '-infinity'), (2, 5, NULL, NULL, NULL);
  UPDATE customers SET favourite = 1 WHERE id = 1;
  SELECT nextval('tickets');
`;
