import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { ReleaseDocument } from '../../src/desk/document.js';
import { command } from '../support/command.js';
import { leftOver } from '../support/left-over.js';
import { tinyService } from '../support/tiny-service.js';

/** Takes its time before it changes anything, so that a kill meets it; marks its beginning. A second run finds the line and adds none. */
const migrate = `import { appendFileSync, readFileSync } from 'node:fs';
const store = process.env.DATA_DIR + '/store.txt';
appendFileSync(process.env.DATA_DIR + '/begun', 'migrate ');
await new Promise((go) => setTimeout(go, 1500));
if (!readFileSync(store, 'utf8').includes('two')) appendFileSync(store, 'two\\n');
`;
const restore = `import { appendFileSync, copyFileSync } from 'node:fs';
appendFileSync(process.env.DATA_DIR + '/begun', 'restore ');
await new Promise((go) => setTimeout(go, 1500));
copyFileSync(process.argv[2], process.env.DATA_DIR + '/store.txt');
`;

const migrating = async () => {
  const tiny = await tinyService('node', {
    service: { migrate: { command: ['node', 'migrate.mjs'] } },
    data: { snapshot: { command: ['cp', 'store.txt', '{snapshot}'] }, restore: { command: ['node', 'restore.mjs', '{snapshot}'] } },
  });
  const declared = JSON.stringify({ migrations: [{ id: 'two', kind: 'snapshot' }] });
  await tiny.commit('Third', { 'migrate.mjs': migrate, 'migrations.json': declared }, 'v1.2.0');
  await tiny.commit('Fourth', { 'service.mjs': 'process.exit(1);' }, 'v1.3.0'); // never answers, so it goes back
  const data = join(tiny.folder, '.staging/environments/staging/data');
  await mkdir(data, { recursive: true });
  await writeFile(join(data, 'restore.mjs'), restore);
  for (const environment of ['staging', 'production']) {
    await mkdir(join(data, '../..', environment, 'data'), { recursive: true });
    await writeFile(join(data, '../..', environment, 'data/store.txt'), 'one\n');
  }
  const read = (name: string) => readFile(join(data, name), 'utf8');
  return { ...tiny, read, begun: async () => (existsSync(join(data, 'begun')) ? read('begun') : '') };
};

const releaseIn = (folder: string): string => {
  const journal = new Database(join(folder, '.staging', 'journal.db'), { readonly: true });
  const id = journal.prepare<[], string>('SELECT id FROM releases').pluck().get() ?? '';
  journal.close();
  return id;
};

test.concurrent.each([
  ['a migration', 'v1.2.0', 'migrate ', 'promoted', 'one\ntwo\n'],
  ['a restore', 'v1.3.0', 'migrate restore ', 'rejected', 'one\n'],
])(
  'killed with SIGKILL in the middle of %s and resumed, its data is as if it had never been cut off',
  async (_, version, until, outcome, store) => {
    const { folder, read, begun } = await migrating();
    const request = `ship tiny ${version} to staging, promote it if it is healthy`;
    const first = command(['release', request, '--approve-as', 'owner'], { cwd: folder });
    while ((await begun()) !== until) await sleep(20);
    await sleep(300);
    first.kill('SIGKILL');
    await first;
    while ((await leftOver(folder)).length > 0) await sleep(50);
    const id = releaseIn(folder);
    const { stdout } = await command(['resume', id, '--json'], { cwd: folder });
    const document = JSON.parse(String(stdout)) as ReleaseDocument;
    expect(document.outcome, document.reason).toBe(outcome);
    expect(await read('store.txt')).toBe(store);
    expect((await command(['verify', id], { cwd: folder })).exitCode).toBe(0);
  },
);
