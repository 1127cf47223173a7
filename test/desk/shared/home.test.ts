import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase, type SharedDatabase } from '../../../src/desk/shared/database.js';
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
const until = async (look: () => boolean): Promise<void> => {
  while (!look()) await new Promise((next) => setTimeout(next, 20));
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
