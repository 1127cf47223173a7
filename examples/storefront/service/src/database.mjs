import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { seedProducts } from './seed-products.mjs';

/**
 * Opens the shop's data and brings it up to date. Two versions may run on the same data at once while a release is under way,
 * so a migration only ever adds.
 */
export const openDatabase = (dataDir, features) => {
  mkdirSync(dataDir, { recursive: true });
  const database = new Database(join(dataDir, 'storefront.db'), { timeout: 5_000 });
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.pragma('foreign_keys = ON');
  applyMigrations(database, [...shopMigrations, ...features.flatMap((feature) => feature.migrations)]);
  return database;
};

const shopMigrations = [
  {
    id: 'shop-1',
    sql: `
      CREATE TABLE products (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL, category TEXT NOT NULL, description TEXT NOT NULL,
        price_cents INTEGER NOT NULL CHECK (price_cents > 0), available INTEGER NOT NULL DEFAULT 1, sold INTEGER NOT NULL DEFAULT 0
      );
      CREATE TABLE cart_lines (
        session TEXT NOT NULL, product_id INTEGER NOT NULL REFERENCES products (id), quantity INTEGER NOT NULL CHECK (quantity > 0),
        touched_at INTEGER NOT NULL, PRIMARY KEY (session, product_id)
      );
      CREATE TABLE orders (
        id INTEGER PRIMARY KEY, session TEXT NOT NULL, email TEXT NOT NULL, total_cents INTEGER NOT NULL, placed_at INTEGER NOT NULL
      );
      CREATE TABLE order_lines (
        order_id INTEGER NOT NULL REFERENCES orders (id), product_id INTEGER NOT NULL REFERENCES products (id),
        quantity INTEGER NOT NULL, line_cents INTEGER NOT NULL, PRIMARY KEY (order_id, product_id)
      );`,
    fill: seedProducts,
  },
];

/** Returns the ids that were applied now; each is applied once, whoever comes first. */
const applyMigrations = (database, migrations) => {
  const apply = database.transaction(() => {
    database.exec('CREATE TABLE IF NOT EXISTS migrations (id TEXT PRIMARY KEY, applied_at INTEGER NOT NULL)');
    const known = new Set(database.prepare('SELECT id FROM migrations').pluck().all());
    for (const { id, sql, fill } of migrations.filter((migration) => !known.has(migration.id))) {
      database.exec(sql);
      fill?.(database);
      database.prepare('INSERT INTO migrations (id, applied_at) VALUES (?, ?)').run(id, Date.now());
    }
  });
  apply.immediate();
};
