import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Caller, DeskEvent } from '../../../src/desk/desk-contract.js';
import type { Wait } from '../../../src/blackboard/line.js';
import { createEventLog } from '../../../src/desk/event-log.js';
import { openSharedLine } from '../../../src/desk/shared/shared-line.js';
import { openActiveWorkspace } from '../../../src/desk/active-workspace.js';
import { openReleaseDesk } from '../../../src/desk/release-desk.js';
import { openDatabase } from '../../../src/desk/shared/database.js';
import { holdEnvironment } from '../../../src/desk/shared/hold-environment.js';
import { tellNews } from '../../../src/desk/shared/news.js';
import { startWorker } from '../../../src/desk/shared/worker.js';
import { openSimulatedPorts } from '../../../src/scenario/simulated-world.js';
import { command, folderWith, simulatedService } from '../../support/command.js';
import { startPostgres, type TestPostgres } from '../../support/postgres.js';
import { simulatedConfig } from '../../support/simulated-release.js';

vi.setConfig({ testTimeout: 300_000 }); // on a machine that may be busy

let server: TestPostgres;
beforeAll(async () => void (server = await startPostgres()));
afterAll(() => server.stop());

const rita: Caller = { name: 'rita', roles: ['requester'] };
const owner: Caller = { name: 'owner', roles: ['approver'] };
const olga: Caller = { name: 'olga', roles: ['operator'] };
const sentence = 'ship storefront v2.2.0 with wishlist to staging, promote it if it is healthy';

test('what is asked for at a desk on a database is done by a worker: one release at a time, and the second is seen to wait', async () => {
  const url = await server.createDatabase('shared');
  const short = { stability: { soakMs: 600_000 }, workers: { lookEveryMs: 600_000 } };
  const folder = await folderWith({ ...simulatedService, ...short, database: url });
  const config = simulatedConfig(short);
  const ports = openSimulatedPorts({ config });
  const desk = await openReleaseDesk({ config: `${folder}/staging.config.json`, dryRun: true, ports });
  const database = await openDatabase(url);
  const worker = await startWorker({
    ...{ database, holder: 'worker' },
    reached: [
      {
        ...{ environment: 'simulated storefront', ports, model: 'runbook', simulated: true },
        workspace: { config, configFile: '', configDir: '.', stateDir: folder },
      },
    ],
    told: {
      progress: (release, progress) => void tellNews(database.postgres, { release, ...progress }),
      state: () => undefined,
      say: () => undefined,
    },
  });
  const heard: DeskEvent[] = [];
  desk.follow((event) => heard.push(event));
  const ask = async (version: string) => {
    const asked = await desk.request(rita, sentence.replace('v2.2.0', version));
    if (asked.kind !== 'accepted') throw new Error(asked.question);
    return asked;
  };
  const first = await ask('v2.2.0');
  const second = await ask('v2.3.0');
  expect([first.state, second.state]).toEqual(['running', 'queued']);
  expect(await desk.settled(first.release)).toMatchObject({ state: 'waiting', waitingFor: 'approval' });
  expect(await desk.summary(rita, second.release)).toMatchObject({ state: 'queued', reason: `waits for ${first.release}` });
  const digest = (await desk.question(owner, first.release))?.digest ?? '';
  await desk.decide(owner, first.release, { digest, decision: 'approved' });
  await expect(desk.decide(owner, first.release, { digest, decision: 'approved' })).rejects.toMatchObject({ code: 'NOT_WAITING' });
  expect(await desk.settled(first.release)).toMatchObject({ state: 'ended', outcome: 'promoted' });
  expect(await desk.settled(second.release)).toMatchObject({ state: 'waiting', waitingFor: 'approval' });
  await desk.cancel(olga, second.release, 'changed our mind');
  expect(await desk.settled(second.release)).toMatchObject({
    outcome: 'rolled_back',
    reason: expect.stringContaining('cancelled by olga: changed our mind') as string,
  });
  expect(new Set(heard.map(({ kind }) => kind))).toEqual(new Set(['state', 'started', 'tool', 'settled', 'gate', 'weight', 'wait']));
  await worker.close();
  await database.close();
  await desk.close();
});

test('whoever follows a release does not take a worker that wakes it, or that is about to ask, for its end', async () => {
  const database = await server.createDatabase('followed');
  const folder = await folderWith(simulatedService);
  const ports = openSimulatedPorts({ config: simulatedConfig() });
  const opened = await openActiveWorkspace({ config: `${folder}/staging.config.json`, database, ports, progress: () => undefined });
  const { shared } = opened;
  if (shared === null) throw new Error('a database was given');
  const line = await openSharedLine(opened, shared, 'storefront', createEventLog({ first: 0 }));
  const request = { service: 's', version: 'v1', features: [], target: 'staging' as const, text: '', preApprovedBy: null };
  const row = { id: 'r1', request, state: 'waiting' as const, reason: '', model: '', simulated: true, createdAt: 1, updatedAt: 1 };
  const fence = (await shared.leases.take({ environment: 'storefront', release: 'r1', holder: 'worker', ms: 60_000 }))!;
  const busyWith = async (outcome: 'errored' | null, wait: Wait | null) => {
    await opened.store.saveRelease({ ...row, outcome });
    await shared.line.wait('r1', wait, fence);
    return line.isBusy('r1');
  };
  expect(await busyWith(null, { kind: 'soak', wakeAt: 1 })).toBe(true);
  expect(await busyWith(null, null)).toBe(true);
  expect(await busyWith(null, { kind: 'approval', question: {} })).toBe(false);
  expect(await busyWith('errored', null)).toBe(false);
  await line.close();
  await opened.close();
});

test('while a release has an environment nobody restores a snapshot or turns a flag on there, but everybody may turn one off', async () => {
  const url = await server.createDatabase('held');
  const folder = await folderWith({ ...simulatedService, database: url });
  const database = await openDatabase(url);
  const take = (release: string | null) => database.leases.take({ environment: 'storefront', release, holder: 'worker', ms: 60_000 });
  const told = async (...args: string[]) => {
    const { exitCode, stderr } = await command([...args, '--as', 'ada'], { cwd: folder });
    return [exitCode, String(stderr)];
  };
  await database.line.join('r1', 'storefront');
  const held = (await take('r1'))!;
  await database.leases.letGo(held, { ended: false }); // it waits for its approval: no worker is at it
  const refused = [2, expect.stringContaining('release r1 has it until it has ended') as string];
  expect(await told('flags', 'set', 'wishlist', '--on')).toEqual(refused);
  expect(await told('snapshots', 'take')).toEqual(refused);
  expect(await told('flags', 'off', 'wishlist')).toEqual([0, '']);
  await database.leases.letGo(held, { ended: true });
  const letGo = await holdEnvironment(database, 'storefront', 'ada');
  await expect(holdEnvironment(database, 'storefront', 'grace')).rejects.toThrow('ada is at it');
  expect(await take('r2')).toBeNull();
  await letGo();
  expect(await take('r2')).not.toBeNull();
  await database.close();
});

test.each([
  ['an address that is none', 'mysql://user:not-the-password@there', 2, 'DATABASE_INVALID'],
  ['a password that is wrong', null, 5, 'password authentication failed'],
])('%s is told without the secret in it', async (_, address, exitCode, expected) => {
  const wrong = new URL(server.url);
  wrong.password = 'not-the-password';
  const folder = await folderWith(simulatedService);
  const told = await command(['status', '--json', '--database', address ?? wrong.href], { cwd: folder });
  const text = `${String(told.stdout)}${String(told.stderr)}`;
  expect([told.exitCode, text]).toEqual([exitCode, expect.stringContaining(expected)]);
  expect(text).not.toContain('not-the-password');
});
