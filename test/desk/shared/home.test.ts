import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase, type SharedDatabase } from '../../../src/desk/shared/database.js';
import { openPostgresStore } from '../../../src/blackboard/postgres-store.js';
import { openTenure } from '../../../src/desk/shared/tenure.js';
import { systemClock } from '../../../src/tools/system-clock.js';
import { openHome } from '../../../src/desk/shared/home.js';
import { startPostgres, type TestPostgres } from '../../support/postgres.js';

let server: TestPostgres;
let database: SharedDatabase;
beforeAll(async () => {
  server = await startPostgres();
  database = await openDatabase(await server.createDatabase('homes'));
});
afterAll(async () => {
  await database.close();
  await server.stop();
});

const leaseMs = 300;
const until = async (look: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await look())) await new Promise((next) => setTimeout(next, 20));
};
const arrive = async (holder: string) => {
  const heard: string[] = [];
  const told = {
    standsBy: (other: string) => heard.push(`stands by for ${other}`),
    takesOver: () => heard.push('takes over'),
    lost: ({ code }: { code: string }) => heard.push(code),
  };
  return { heard, ...(await openHome(database, 'storefront', { holder, leaseMs }, told)) };
};

test('an embedded environment is one worker at a time: the next stands by, and has it when the first has left', async () => {
  const first = await arrive('first');
  const second = await arrive('second');
  await new Promise((next) => setTimeout(next, 2 * leaseMs));
  expect([first.isHere(), second.isHere(), second.heard]).toEqual([true, false, ['stands by for first']]);
  await first.leave();
  await until(second.isHere);
  expect(second.heard.at(-1)).toBe('takes over');
  await second.leave();
});

test('a worker that gave no sign for so long that another one has its environment is told so', async () => {
  const first = await arrive('first');
  await database.postgres.plain(`UPDATE staging.leases SET token = token + 1, holder = 'second' WHERE environment = 'home of storefront'`);
  await until(() => first.heard.length > 0);
  expect(first.heard[0]).toBe('LEASE_LOST');
  await first.leave();
  const third = await arrive('third');
  expect(third.heard).toEqual(['stands by for second']); // the first has not let go of what is not its own
  await third.leave();
});

const minute = 60_000;
/** A worker whose turn for `r1` is over. */
const afterTurn = async (environment: string, ended: boolean) => {
  const { leases, postgres } = database;
  const fence = (await leases.take({ environment, release: 'r1', holder: 'first', ms: minute }))!;
  const tenure = openTenure({
    leases,
    fence,
    release: 'r1',
    holder: 'first',
    leaseMs: minute,
    lost: new AbortController().signal,
    momentMs: 200,
  });
  await tenure.permit();
  tenure.outlast(ended);
  await leases.letGo(fence, { ended });
  const store = openPostgresStore(postgres, fence);
  const tell = (key: string) =>
    tenure
      .permitAfter()
      .then(() => store.append('r1', [{ key, at: 1, agent: 'watcher', routine: '', kind: 'note', name: 'n', value: key }]));
  const takes = (release: string) => leases.take({ environment, release, holder: 'second', ms: minute });
  return { tenure, tell, takes };
};

test('while a release waits for a person the guard of its candidate acts and tells, for a moment at a time, and ends when a worker goes on', async () => {
  const { tenure, tell, takes } = await afterTurn('waits', false);
  await tenure.permit();
  await tell('back');
  expect(await takes('r1')).toBeNull(); // it is at it
  expect(await takes('r2')).toBeNull();
  await until(async () => (await takes('r1')) !== null);
  await expect(tenure.permit()).rejects.toMatchObject({ code: 'LEASE_LOST' });
  await expect(tell('late')).rejects.toMatchObject({ code: 'LEASE_LOST' });
  expect((await openPostgresStore(database.postgres).journal('r1')).map(({ key }) => key)).toEqual(['back']);
});

test('the guard of what was promoted acts until the next release has the environment, and sleeps no longer than its worker lets it', async () => {
  const { tenure, takes } = await afterTurn('promoted', true);
  await tenure.permit();
  await until(async () => (await takes('r2')) !== null);
  await expect(tenure.permit()).rejects.toMatchObject({ code: 'LEASE_LOST' });
  const clock = tenure.clockOf(systemClock);
  await clock.sleep(1);
  tenure.end();
  await expect(clock.sleep(1)).rejects.toMatchObject({ code: 'LEASE_LOST' });
});
