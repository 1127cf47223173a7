import { join } from 'node:path';
import type { DataConfig } from '../../catalog/data.js';
import { commandStore } from './command-store.js';
import type { DataStore } from './data-store.js';
import { postgresStore } from './postgres/postgres-store.js';
import { sqliteStore } from './sqlite-store.js';

export type StoreOptions = {
  config: DataConfig;
  dataDir: string;
  /** The address of the environment's PostgreSQL, if it has one. */
  postgresUrl: string | null;
  env: Record<string, string>;
  signal: AbortSignal;
};

/** Whether anything says how to take a snapshot and how to bring it back. */
export const canSnapshot = ({ sqlite, postgres, snapshot }: DataConfig): boolean =>
  sqlite.length > 0 || postgres !== undefined || snapshot !== undefined;

/** Every store that the configuration declares, in an order that stays. */
export const storesOf = ({ config, dataDir, postgresUrl, env, signal }: StoreOptions): DataStore[] => [
  ...config.sqlite.map((file) => sqliteStore(file, join(dataDir, file))),
  ...(config.postgres !== undefined && postgresUrl !== null ? [postgresStore(postgresUrl, config.postgres.schemas)] : []),
  ...(config.snapshot !== undefined && config.restore !== undefined
    ? [commandStore(config.snapshot, config.restore, { dataDir, env, signal })]
    : []),
];
