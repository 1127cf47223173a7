import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { errorTable } from '../../../../src/catalog/errors.js';
import { postgresStore } from '../../../../src/tools/data/postgres/postgres-store.js';
import { takeSnapshot } from '../../../../src/tools/deployment/local/snapshot.js';
import { systemClock } from '../../../../src/tools/system-clock.js';

/** A machine on which nobody has installed it. */
vi.mock('pg', () => {
  throw new Error("Cannot find package 'pg'");
});

test('whoever declares PostgreSQL without the package pg is told which package to install, not that a snapshot failed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pg-missing-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const stores = [postgresStore('postgres://nobody@127.0.0.1:1/none', ['public'])];
  const failing = takeSnapshot(join(folder, 'before'), { environment: 'staging', stores, clock: systemClock });
  await expect(failing).rejects.toMatchObject({ code: 'PG_MISSING', message: expect.stringContaining('pg could not be loaded') as string });
  expect(errorTable.PG_MISSING.remedy).toContain('npm install pg');
});
