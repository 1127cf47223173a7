import { existsSync } from 'node:fs';
import { appendFile, cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSqliteStore } from '../../src/blackboard/sqlite-store.js';
import { takeLock } from '../../src/desk/lock.js';
import { command, folderWith, simulatedService } from '../support/command.js';
import { migratingService } from '../tools/deployment/local/fixtures/migrating-service.js';

type Listed = { snapshots: { id: string; neededBy: string | null; bytes: number; files: { path: string }[] }[] };

/** Staging after two releases that migrated: the command finds their snapshots. */
const afterMigrations = async () => {
  const service = await migratingService();
  const cwd = await folderWith({ ...simulatedService, data: { sqlite: ['shop.db'] } });
  const snapshots = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await command(['snapshots', ...args, '--state-dir', service.stateDir], { cwd });
    return { exitCode, stdout: String(stdout), stderr: String(stderr) };
  };
  const deployment = service.open();
  const before = service.content();
  await deployment.migrate('staging', await service.version('v2', [{ id: 'two', kind: 'snapshot' }]), 'release-1-1');
  await deployment.close();
  const list = async () => (JSON.parse((await snapshots('list', '--json')).stdout) as Listed).snapshots;
  return { ...service, before, snapshots, list };
};

const release = (id: string, state: 'ended' | 'waiting') => ({
  ...{ id, state, outcome: null, reason: '', model: 'runbook', simulated: false, createdAt: 1, updatedAt: 1 },
  request: { service: 'shop', version: 'v2', features: [], target: 'staging' as const, text: '', preApprovedBy: null },
});

test('snapshots are listed, in words and as JSON', async () => {
  const { snapshots, list } = await afterMigrations();
  expect(await list()).toMatchObject([
    { id: 'staging/release-1-1', version: 'v2', kind: 'snapshot', state: 'applied', neededBy: null, problem: null },
  ]);
  expect((await snapshots('list')).stdout).toMatch(/^staging\/release-1-1 .* KiB {2}before the migration of v2$/);
  expect((await snapshots('list', '--environment', 'production')).stdout).toBe('There is no snapshot.');
});

test('a restore brings the data back, says what went with it, and can be undone', async () => {
  const { snapshots, sql, content, before, stateDir } = await afterMigrations();
  sql("INSERT INTO orders VALUES (6, 'eve@shop.example', 'new')");
  const migrated = content();
  const { stdout, exitCode } = await snapshots('restore', 'staging/release-1-1', '--as', 'ada', '--why', 'a bad day');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('staging/release-1-1 is restored; 1 row written since then went with it.');
  expect(content()).toEqual(before);
  const back = /snapshots restore (\S+)$/.exec(stdout)?.[1] ?? '';
  expect(JSON.parse((await snapshots('restore', back, '--as', 'ada', '--json')).stdout)).toMatchObject({ id: back });
  expect(content()).toEqual(migrated);
  const store = openSqliteStore(join(stateDir, 'journal.db'));
  expect(await store.journal('snapshots:staging')).toMatchObject([
    { agent: 'ada', name: 'snapshot staging/release-1-1 restored', value: { why: 'a bad day' } },
    {},
  ]);
  await store.close();
});

test('what a person has restored, a release does not take back a second time', async () => {
  const { snapshots, open, sql, content } = await afterMigrations();
  await snapshots('restore', 'release-1-1', '--as', 'ada');
  sql("INSERT INTO orders VALUES (8, 'after@shop.example')");
  expect(await open().undoMigration('staging', 'release-1-1', 'restore')).toMatchObject({ ok: true });
  expect(JSON.stringify(content()['orders'])).toContain('after@shop.example');
});

test('a snapshot that was changed since is not restored, and nothing is', async () => {
  const { snapshots, list, content, open } = await afterMigrations();
  const migrated = content();
  const [taken] = await list();
  await appendFile(taken?.files[0]?.path ?? '', 'x');
  const { exitCode, stderr } = await snapshots('restore', 'staging/release-1-1', '--as', 'ada');
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 5, stderr: expect.stringContaining('its digest is another') as string });
  expect(content()).toEqual(migrated);
  expect(await open().migration('staging', 'release-1-1')).toMatchObject({ state: 'applied' });
});

test('pruning removes by age and by count, and never what a way back needs', async () => {
  const { snapshots, stateDir, list } = await afterMigrations();
  await snapshots('take', '--as', 'ada', '--why', 'one');
  await snapshots('take', '--as', 'ada', '--why', 'two');
  const [newest, middle, oldest] = await list();
  expect((await snapshots('prune', '--older-than', '1h', '--as', 'ada')).stdout).toContain('0 removed, 3 kept');
  const store = openSqliteStore(join(stateDir, 'journal.db'));
  await store.saveRelease(release('release-1', 'waiting'));
  const pruned = JSON.parse((await snapshots('prune', '--keep', '1', '--as', 'ada', '--json')).stdout) as object;
  expect(pruned).toMatchObject({
    removed: [middle?.id],
    kept: [{ id: newest?.id }, { id: oldest?.id, why: 'release release-1 has not ended, and would go back by it' }],
    freedBytes: middle?.bytes,
  });
  expect(existsSync(middle?.files[0]?.path ?? '')).toBe(false);
  expect(existsSync(oldest?.files[0]?.path ?? '')).toBe(true);
  await store.saveRelease(release('release-1', 'ended'));
  await store.close();
  expect(JSON.parse((await snapshots('prune', '--keep', '0', '--as', 'ada', '--json')).stdout)).toMatchObject({
    removed: [newest?.id, oldest?.id],
    kept: [],
  });
  expect(await list()).toEqual([]);
});

test('the way back of the version that serves stays', async () => {
  const { snapshots, open, version, list } = await afterMigrations();
  const deployment = open();
  await deployment.provision('staging', await version('v2', [{ id: 'two', kind: 'snapshot' }]));
  await deployment.close();
  expect(await list()).toMatchObject([{ neededBy: 'v2 serves there, and this is its way back' }]);
  expect((await snapshots('prune', '--keep', '0', '--as', 'ada')).stdout).toContain('0 removed, 1 kept');
});

test('a snapshot that was removed is no way back any more, and the release says so', async () => {
  const { snapshots, open } = await afterMigrations();
  await snapshots('prune', '--keep', '0', '--as', 'ada');
  expect(await open().migration('staging', 'release-1-1')).toMatchObject({ state: 'applied', snapshot: null });
});

test('while a release acts on the data nobody restores or prunes, and everybody may look', async () => {
  const { snapshots, stateDir } = await afterMigrations();
  const release = takeLock(stateDir);
  expect(await snapshots('restore', 'staging/release-1-1', '--as', 'ada')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('another process') as string,
  });
  expect(await snapshots('prune', '--keep', '0', '--as', 'ada')).toMatchObject({ exitCode: 2 });
  expect(await snapshots('list')).toMatchObject({ exitCode: 0 });
  release();
});

test('the snapshots of every service are listed, and one of a companion is taken, restored and pruned by its name', async () => {
  const service = await migratingService();
  const [{ name }, payments] = [simulatedService.service, 'payments'];
  const data = { sqlite: ['shop.db'] };
  const companion = { ...{ name: payments, repository: '.', stable: 'v1', start: { command: ['true'] }, criticalUserPaths: ['/'] }, data };
  const cwd = await folderWith({ ...simulatedService, data, services: [companion] });
  const snapshots = async (...args: string[]) => {
    const { stdout, stderr } = await command(['snapshots', ...args, '--state-dir', service.stateDir, '--json'], { cwd });
    return JSON.parse(String(stdout) || String(stderr)) as Listed & {
      taken: { id: string };
      removed: string[];
      error?: { message: string };
    };
  };
  await cp(join(service.stateDir, 'environments'), join(service.stateDir, 'services', payments, 'environments'), { recursive: true });
  const { taken: own } = await snapshots('take', '--as', 'ada');
  const { taken } = await snapshots('take', '--as', 'ada', '--service', payments);
  expect(taken.id).toMatch(/^payments\/staging\/by-hand-/);
  expect((await snapshots('list')).snapshots).toMatchObject([
    { id: taken.id, service: payments },
    { id: own.id, service: name },
  ]);
  expect((await snapshots('list', '--service', payments)).snapshots).toHaveLength(1);
  const { error: unknown } = await snapshots('list', '--service', 'billing');
  expect(unknown?.message).toContain('Failed to find service "billing": there is payments, storefront.');
  expect(await snapshots('restore', taken.id, '--as', 'ada')).toMatchObject({ id: taken.id, lost: { rows: 0 } });
  const operation = taken.id.split('/').at(-1) ?? '';
  expect(await snapshots('restore', operation, '--service', payments, '--as', 'ada')).toMatchObject({ id: taken.id });
  expect((await snapshots('prune', '--keep', '2', '--as', 'ada')).removed).toEqual([taken.id]);
});

test.each([
  [
    'an id that is not there',
    ['restore', 'staging/release-9', '--as', 'ada'],
    /Failed to find snapshot "staging\/release-9": there is none at all\. .*snapshots list/,
  ],
  ['nobody who does it', ['restore', 'staging/release-1-1'], /--as/],
  ['no rule', ['prune', '--as', 'ada'], /nothing says which may go\. Say --older-than 30d/],
  ['an age that is none', ['prune', '--as', 'ada', '--older-than', 'a while'], /"a while" is no age/],
  ['a count that is none', ['prune', '--as', 'ada', '--keep', '-1'], /"-1" is no count/],
  ['another environment', ['list', '--environment', 'moon'], /Failed to find environment "moon"/],
])('%s is one clear sentence', async (_what, args, says) => {
  const { exitCode, stderr } = await command(['snapshots', ...args], { cwd: await folderWith(simulatedService) });
  expect(exitCode).toBe(2);
  expect(String(stderr)).toMatch(says);
  expect(String(stderr)).not.toContain('    at ');
});
