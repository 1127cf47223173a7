import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLeases } from '../../src/blackboard/leases.js';
import { openLine } from '../../src/blackboard/line.js';
import { openPostgres, type Postgres } from '../../src/blackboard/postgres.js';
import { openPostgresStore } from '../../src/blackboard/postgres-store.js';
import { prepareTables } from '../../src/blackboard/postgres-tables.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';

let server: TestPostgres;
let postgres: Postgres;
beforeAll(async () => {
  server = await startPostgres();
  postgres = openPostgres(new pg.Pool({ connectionString: await server.createDatabase('leases') }));
  await Promise.all([1, 2, 3].map(() => postgres.transaction(prepareTables))); // workers that start at once
});
afterAll(async () => {
  await postgres.close();
  await server.stop();
});

const minute = 60_000;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const note = (key: string) => ({ key, at: 1, agent: 'a', routine: '', kind: 'note' as const, name: 'n', value: key });

test('of many workers that reach for one environment at once, one gets it', async () => {
  const leases = openLeases(postgres);
  const reached = await Promise.all(
    Array.from({ length: 8 }, (_, at) => leases.take({ environment: 'one', release: 'r1', holder: `w${at}`, ms: minute })),
  );
  expect(reached.filter((fence) => fence !== null)).toEqual([{ environment: 'one', token: 1 }]);
});

test('a second release of an environment waits until the first has ended, whoever acts for the first', async () => {
  const leases = openLeases(postgres);
  const take = (release: string) => leases.take({ environment: 'two', release, holder: 'w', ms: minute });
  for (const release of ['r1', 'r2']) await openLine(postgres).join(release, 'two');
  const first = (await take('r1'))!;
  expect(await take('r2')).toBeNull();
  await leases.letGo(first, { ended: false }); // it waits for a person: no worker is at it, and the environment is still its own
  expect(await take('r2')).toBeNull();
  const again = (await take('r1'))!;
  expect(again.token).toBeGreaterThan(first.token);
  await leases.letGo(again, { ended: true });
  expect((await take('r2'))?.token).toBeGreaterThan(again.token);
});

test('a worker that dies at a release which had ended before keeps the next one from nothing', async () => {
  const leases = openLeases(postgres);
  const take = (release: string) => leases.take({ environment: 'four', release, holder: 'w', ms: 100 });
  await openLine(postgres).join('next', 'four');
  expect(await take('ended before')).not.toBeNull(); // it had looked at the line before another worker ended that release
  expect(await take('next')).toBeNull();
  await pause(150);
  expect(await take('next')).not.toBeNull();
});

test('a worker that was paused for longer than its lease can do nothing and write nothing when it wakes', async () => {
  const leases = openLeases(postgres);
  const take = (holder: string) => leases.take({ environment: 'three', release: 'r1', holder, ms: 300 });
  const paused = (await take('paused'))!;
  const store = openPostgresStore(postgres, paused);
  await store.append('r1', [note('before')]);
  await leases.hold(paused, 300);
  expect(await take('other')).toBeNull();
  await pause(400);
  const other = (await take('other'))!;
  await expect(leases.hold(paused, minute)).rejects.toMatchObject({ code: 'LEASE_LOST' });
  expect(await leases.renew(paused, minute)).toBe(false);
  await expect(store.append('r1', [note('late')])).rejects.toMatchObject({ code: 'LEASE_LOST' });
  await expect(store.putEvidence({ late: true })).rejects.toMatchObject({ code: 'LEASE_LOST' });
  await expect(store.beginOperation({ id: 'o', release: 'r1', name: 'n', at: 1, reservedCredits: 0 })).rejects.toMatchObject({
    code: 'LEASE_LOST',
  });
  await leases.letGo(paused, { ended: true }); // no word of it counts either
  expect(await leases.renew(other, minute)).toBe(true);
  expect((await store.journal('r1')).map(({ key }) => key)).toEqual(['before']);
});

test('a server that restarts is waited for, and what was written is there once', async () => {
  const store = openPostgresStore(postgres);
  const writing = Array.from({ length: 40 }, (_, at) => store.append('r9', [note(`k${at}`)]));
  await Promise.all([...writing, server.restart()]);
  expect(await store.journal('r9')).toHaveLength(40);
  expect(await store.verify('r9')).toEqual([]);
});

test('a release whose worker died between its sleep and going on is looked at at once, one that sleeps when it is time, one that asks when it is answered', async () => {
  const [line, leases] = [openLine(postgres), openLeases(postgres)];
  const request = { service: 's', version: 'v1.0.0', features: [], target: 'staging' as const, text: '', preApprovedBy: null };
  const row = { id: 'd1', request, state: 'waiting' as const, outcome: null, reason: '', model: 'runbook', simulated: true };
  await openPostgresStore(postgres).saveRelease({ ...row, createdAt: 1, updatedAt: 1 });
  await line.join('d1', 'due');
  const fence = (await leases.take({ environment: 'due', release: 'd1', holder: 'w', ms: minute }))!;
  expect(await line.duty('due')).toEqual({ release: 'd1', dueAt: 0 });
  await line.wait('d1', { kind: 'soak', wakeAt: 7 }, fence);
  expect(await line.duty('due')).toEqual({ release: 'd1', dueAt: 7 });
  await line.wait('d1', { kind: 'approval', question: {} }, fence);
  expect(await line.duty('due')).toEqual({ release: 'd1', dueAt: null });
});

test('of two processes that read the journal under one name one reads, until it is not heard of any more', async () => {
  const store = openPostgresStore(postgres);
  const [one, other] = [await store.reader('told'), await store.reader('told')];
  await store.append('read', [note('k1'), note('k2')]);
  const left = () => postgres.plain(`SELECT until > clock_timestamp() + interval '50 s' AS fresh FROM staging.readers WHERE name = 'told'`);
  const age = (interval: string) =>
    postgres.plain(`UPDATE staging.readers SET until = clock_timestamp() + interval '${interval}' WHERE name = 'told'`);
  const sequences = async (reader: typeof one) => (await reader.next(10)).map(({ sequence }) => sequence);
  expect(await sequences(one)).toEqual([1, 2]);
  expect(await sequences(other)).toEqual([]);
  await age('5 s');
  await one.pass({ release: 'read', sequence: 1 });
  expect((await left()).rows).toEqual([{ fresh: true }]); // sending is a sign of life
  expect(await sequences(other)).toEqual([]);
  await age('-1 s');
  expect(await sequences(other)).toEqual([2]);
  expect(await sequences(one)).toEqual([]);
});
