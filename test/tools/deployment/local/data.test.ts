import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { leftOver } from '../../../support/left-over.js';
import { people, rules } from '../../data/fixtures.js';
import { sendTrafficBack } from '../../../../src/tools/deployment/send-traffic-back.js';
import { until } from './fixtures/local-environment.js';
import { migrateConfig, migratingService, type Declared } from './fixtures/migrating-service.js';

const two = (kind: string): Declared[] => [{ id: 'two', kind, why: 'Addresses in lower case.' }];
const operation = 'release-1-1';
const linesOf = async (path: string): Promise<string[]> => (existsSync(path) ? (await readFile(path, 'utf8')).trim().split('\n') : []);

test('a snapshot brings back every row and row id below a service that has the data open', async () => {
  const { open, version, content, sql, pathOf } = await migratingService();
  const before = content();
  const deployment = open();
  const service = new Database(pathOf('shop.db'), { timeout: 5_000 });
  const addresses = service.prepare('SELECT email FROM orders ORDER BY id').pluck();
  const migrated = await deployment.migrate('staging', await version('v2', two('snapshot')), operation);
  expect(migrated).toMatchObject({ status: 'applied', kind: 'snapshot', snapshot: { status: 'taken', files: [{ of: 'shop.db' }] } });
  expect(migrated.snapshot?.files[0]?.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(addresses.all()).toEqual(['ada@shop.example', 'bob@shop.example']);
  sql("INSERT INTO orders VALUES (6, 'eve@shop.example', 'new'); UPDATE untouched SET text = 'changed' WHERE rowid = 7");
  expect((await deployment.migration('staging', operation))?.writes).toEqual({
    rows: 2,
    tables: [
      { table: 'orders', added: 1, removed: 0 },
      { table: 'untouched', added: 1, removed: 1 },
    ],
  });
  const { ok, lost } = await deployment.undoMigration('staging', operation, 'restore');
  expect({ ok, rows: lost.rows }).toEqual({ ok: true, rows: 2 });
  expect(addresses.all()).toEqual(['Ada@Shop.Example', 'bob@shop.example']);
  service.close();
  expect(content()).toEqual(before);
});

test('a reversible migration is undone by the down command, which is told what to undo', async () => {
  const { open, version, content, pathOf } = await migratingService();
  const deployment = open();
  await deployment.migrate('staging', await version('v2', [{ id: 'zero', kind: 'compatible' }, ...two('reversible')]), operation);
  expect(JSON.stringify(content()['orders'])).toContain('note');
  expect(await deployment.undoMigration('staging', operation, 'down')).toMatchObject({ ok: true });
  expect(JSON.stringify(content()['orders'])).not.toContain('note');
  expect(await deployment.undoMigration('staging', operation, 'down')).toMatchObject({ ok: true });
  expect(await linesOf(pathOf('downs'))).toEqual(['two']);
});

test.each<[string, Declared[] | undefined, object]>([
  ['what its version before knows', [], { kind: 'none', snapshot: { status: 'none' } }],
  ['a compatible one', [{ id: 'two', kind: 'compatible' }], { kind: 'compatible', snapshot: { status: 'none' } }],
  ['a version that declares nothing', undefined, { kind: 'undeclared', snapshot: { status: 'taken' } }],
])('%s is told apart, and gets a snapshot or none', async (_, declared, expected) => {
  const { open, version, sql } = await migratingService();
  if (declared?.length === 0) sql("ALTER TABLE orders ADD COLUMN note TEXT; INSERT INTO migrations VALUES ('two')");
  expect(await open().migrate('staging', await version('v2', declared), operation)).toMatchObject({ status: 'applied', ...expected });
});

test('a version that says it migrates nothing and does is found out', async () => {
  const { open, version } = await migratingService();
  expect(await open().migrate('staging', await version('v2', []), operation)).toMatchObject({ status: 'applied', kind: 'undeclared' });
});

test.each<[string, Parameters<typeof migratingService>, string, RegExp]>([
  ['forward-only', [], 'forward-only', /no way back.*data\.forwardOnly/],
  ['forward-only in a canary', [{ forwardOnly: 'accept' }], 'forward-only', /rollout\.strategy to "blue-green"/],
  ['snapshot without a store', [{ sqlite: [] }], 'snapshot', /set data\.sqlite/],
])('a %s migration is refused before anything is changed', async (_, config, kind, why) => {
  const { open, version, content, has } = await migratingService(...config);
  const before = content();
  const refused = await open().migrate('staging', await version('v2', two(kind)), operation);
  expect(refused).toMatchObject({ status: 'refused' });
  expect(refused.output).toMatch(why);
  expect({ content: content(), ran: has('runs') }).toEqual({ content: before, ran: false });
});

test('a declaration that can’t be read is the candidate’s fault, and nothing is run', async () => {
  const { open, version, has } = await migratingService();
  const result = await open().migrate('staging', await version('v2', two('reversable')), operation);
  expect(result).toMatchObject({ status: 'failed', output: expect.stringContaining('migrations.json: migrations.0.kind') as string });
  expect(has('runs')).toBe(false);
});

test('a snapshot that can’t be taken stops the migration before it starts', async () => {
  const { open, version, content, folder, has } = await migratingService();
  const before = content();
  await writeFile(join(folder('staging'), 'snapshots'), 'a file where a folder must be');
  await expect(open().migrate('staging', await version('v2', two('snapshot')), operation)).rejects.toMatchObject({
    code: 'SNAPSHOT_FAILED',
  });
  expect({ content: content(), ran: has('runs') }).toEqual({ content: before, ran: false });
});

test('a migration that fails leaves the data as it was, and there is nothing to take back', async () => {
  const { open, version, content, pathOf } = await migratingService();
  const before = content();
  await writeFile(pathOf('broken'), '');
  const deployment = open();
  expect(await deployment.migrate('staging', await version('v2', two('snapshot')), operation)).toMatchObject({ status: 'failed' });
  expect(await deployment.migration('staging', operation)).toMatchObject({ state: 'failed', writes: { rows: 0 } });
  expect(content()).toEqual(before);
});

test('killed in the middle of a migration and asked again, it is applied once, and the snapshot is from before', async () => {
  const { stateDir, version, content, open, pathOf, root } = await migratingService();
  const before = content();
  const artifact = await version('v2', two('snapshot'));
  await writeFile(pathOf('slow'), '');
  const config = {
    approvers: ['ada'],
    data: { sqlite: ['shop.db'] },
    service: { name: 'shop', start: { command: ['true'] }, migrate: migrateConfig },
  };
  const child = execFile(process.execPath, [
    ...['--import', 'tsx', join(import.meta.dirname, 'fixtures/migrate-in-process.ts')],
    ...[stateDir, JSON.stringify(config), JSON.stringify(artifact), operation],
  ]);
  await until(() => existsSync(pathOf('inside')), 20_000);
  child.kill('SIGKILL');
  await until(async () => (await leftOver(root)).length === 0);
  expect(content()).toEqual(before);
  await rm(pathOf('slow'));
  const deployment = open();
  expect(await deployment.migrate('staging', artifact, operation)).toMatchObject({ status: 'applied' });
  expect(await deployment.migrate('staging', artifact, operation)).toMatchObject({ status: 'applied' });
  expect(await linesOf(pathOf('runs'))).toHaveLength(2); // the one that was killed, and one
  expect(JSON.stringify(content()['migrations'])).toContain('two');
  await deployment.undoMigration('staging', operation, 'restore');
  expect(content()).toEqual(before);
});

/** The record as it stands when the process dies between the work and its note. */
const cutOff = async (folder: string): Promise<void> => {
  const path = join(folder, 'data.json');
  await writeFile(path, (await readFile(path, 'utf8')).replace('"state": "undone"', '"state": "undoing"'));
};

test('a restore that was done and not recorded is not done again over what was written since', async () => {
  const { open, version, content, sql, folder } = await migratingService();
  await open().migrate('staging', await version('v2', two('snapshot')), operation);
  await open().undoMigration('staging', operation, 'restore');
  await cutOff(folder('staging'));
  sql("INSERT INTO orders VALUES (8, 'after@shop.example')");
  await open().undoMigration('staging', operation, 'restore');
  expect(JSON.stringify(content()['orders'])).toContain('after@shop.example');
});

test('a restore that was begun and not done is done', async () => {
  const { open, version, content, folder } = await migratingService();
  const before = content();
  await open().migrate('staging', await version('v2', two('snapshot')), operation);
  const path = join(folder('staging'), 'data.json');
  const record = JSON.parse(await readFile(path, 'utf8')) as { operations: Record<string, object> };
  const database = new Database(join(folder('staging'), 'data/shop.db'));
  const undoing = { way: 'restore', lost: { rows: 0, tables: [] }, cookies: [database.pragma('schema_version', { simple: true })] };
  database.close();
  record.operations[operation] = { ...record.operations[operation], state: 'undoing', undoing };
  await writeFile(path, JSON.stringify(record));
  await open().undoMigration('staging', operation, 'restore');
  expect(content()).toEqual(before);
});

test('a snapshot that is not what was taken is not restored', async () => {
  const { open, version, content } = await migratingService();
  const deployment = open();
  const { snapshot } = await deployment.migrate('staging', await version('v2', two('snapshot')), operation);
  const migrated = content();
  const path = snapshot?.files[0]?.path ?? '';
  await writeFile(path, Buffer.concat([await readFile(path), Buffer.from('x')]));
  await expect(deployment.undoMigration('staging', operation, 'restore')).rejects.toMatchObject({ code: 'RESTORE_FAILED' });
  expect(content()).toEqual(migrated);
});

test('any other store is copied aside and brought back by its own commands', async () => {
  const { open, version, pathOf } = await migratingService({
    sqlite: [],
    snapshot: { command: ['cp', 'store.txt', '{snapshot}'] },
    restore: { command: ['cp', '{snapshot}', 'store.txt'] },
  });
  await writeFile(pathOf('store.txt'), 'before');
  const deployment = open();
  await deployment.migrate('staging', await version('v2', two('snapshot')), operation);
  await writeFile(pathOf('store.txt'), 'after');
  expect((await deployment.migration('staging', operation))?.writes.rows).toBeNull();
  await deployment.undoMigration('staging', operation, 'restore');
  expect(await readFile(pathOf('store.txt'), 'utf8')).toBe('before');
});

test('a snapshot command that fails says so, and nothing is migrated', async () => {
  const { open, version, pathOf, has } = await migratingService({
    sqlite: [],
    snapshot: { command: ['cp', 'nothing-there', '{snapshot}'] },
    restore: { command: ['cp', '{snapshot}', 'store.txt'] },
  });
  await writeFile(pathOf('store.txt'), 'before');
  await expect(open().migrate('staging', await version('v2', two('snapshot')), operation)).rejects.toThrow(/nothing-there/);
  expect(has('runs')).toBe(false);
});

test('a candidate with a forward-only migration keeps the traffic that it has had, also over a restart', async () => {
  const { open, version } = await migratingService({ forwardOnly: 'accept' }, { rollout: { strategy: 'blue-green' } });
  const first = open();
  await first.provision('staging', await version('v1', []));
  const candidate = await version('v2', two('forward-only'));
  await first.migrate('staging', candidate, operation);
  const { slot } = await first.deployIdle('staging', candidate);
  expect(await sendTrafficBack(first, 'staging', slot)).toBeNull(); // it has had none
  await first.setWeight('staging', 100);
  await first.close(); // as a kill would: at weight 100, not yet switched
  const second = open();
  const status = await second.provision('staging', await version('v1', []));
  expect(status).toMatchObject({ activeSlot: slot, candidateWeightPercent: 0 });
  expect(await sendTrafficBack(second, 'staging', slot)).toContain("the data has two, which the version before v2 can't live with");
  expect(await second.status('staging')).toMatchObject({ activeSlot: slot });
});

test('staging is filled with an anonymised copy of production below the running service, once', async () => {
  const copy = { from: 'production', seed: 'a seed that nobody knows', tables: rules };
  const { open, fill, sql, content } = await migratingService({ copy });
  await fill('production', people.replace('WITHOUT ROWID', ''));
  const deployment = open();
  expect(await deployment.copyData('staging', operation)).toMatchObject({ status: 'copied', checked: { foreignKeys: true } });
  expect(content()['customers']).toHaveLength(2);
  expect(JSON.stringify(content())).not.toContain('@shop.example');
  sql("INSERT INTO sessions VALUES ('of staging')");
  await deployment.copyData('staging', operation);
  expect(content()['sessions']).toHaveLength(1);
});

test('production data of another version and schema is not put below the version that staging serves', async () => {
  const { open, fill, content, version } = await migratingService({
    copy: { from: 'production', seed: 'a seed that nobody knows', tables: rules },
  });
  await fill('production', people);
  const before = content();
  const deployment = open();
  await deployment.provision('staging', await version('v1', []));
  expect(await deployment.copyData('staging', operation)).toMatchObject({
    status: 'none',
    reason: expect.stringContaining('another schema') as string,
  });
  expect(content()).toEqual(before);
});

test('a copy that breaks its rules leaves staging as it was', async () => {
  const { customers: _left, ...some } = rules;
  const { open, fill, content } = await migratingService({ copy: { from: 'production', seed: 'a seed that nobody knows', tables: some } });
  await fill('production', people);
  const before = content();
  await expect(open().copyData('staging', operation)).rejects.toMatchObject({
    code: 'DATA_COPY_FAILED',
    message: 'Failed to copy data into staging: the table customers has no rules: give every column one, or set it to "empty".',
  });
  expect(content()).toEqual(before);
});

test('without production data there is nothing to copy, and production is never filled', async () => {
  const { open } = await migratingService({ copy: { from: 'production', seed: 'a seed that nobody knows', tables: rules } });
  expect(await open().copyData('staging', operation)).toMatchObject({ status: 'none', reason: 'production has no data yet' });
  expect(await open().copyData('production', operation)).toMatchObject({ status: 'none' });
});
