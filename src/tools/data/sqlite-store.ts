import { existsSync } from 'node:fs';
import { anonymise } from './anonymise.js';
import type { DataStore } from './data-store.js';
import { copyAside, putInPlace, schemaCookie, schemaOf, writesBetween } from './sqlite.js';

/** An SQLite file. */
export const sqliteStore = (of: string, live: string): DataStore => ({
  of,
  snapshot: async (path) => (existsSync(live) ? copyAside(live, path) : null),
  restore: (path) => putInPlace(path, live),
  cookie: () => Promise.resolve(schemaCookie(live)),
  rows: {
    schema: () => Promise.resolve(schemaOf(live)),
    writesSince: (path) => Promise.resolve(writesBetween(path, live)),
    anonymise: (path, copy) => anonymise(live, path, copy),
  },
});
