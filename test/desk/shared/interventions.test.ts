import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase, type SharedDatabase } from '../../../src/desk/shared/database.js';
import { sharedInterventions } from '../../../src/desk/shared/interventions.js';
import { systemClock } from '../../../src/tools/system-clock.js';
import { startPostgres, type TestPostgres } from '../../support/postgres.js';

let server: TestPostgres;
let database: SharedDatabase;
beforeAll(async () => {
  server = await startPostgres();
  database = await openDatabase(await server.createDatabase('interventions'));
});
afterAll(async () => {
  await database.close();
  await server.stop();
});

/** A machine whose clock goes wrong by so much. */
const machine = (aheadMs: number) => ({ ...systemClock, now: () => systemClock.now() + aheadMs });
const hour = 3_600_000;
const alert = (at: number) => ({ kind: 'alert' as const, by: 'Checkout', at, reason: 'it fires', environment: null, release: null });

test.each([
  ['an hour behind', -hour],
  ['an hour ahead', hour],
])(
  'an alert from a machine that is %s counts from the moment in which it was raised, by the clock of whoever rolls out',
  async (name, byMs) => {
    const here = machine(0);
    const [raising, rolling] = [machine(byMs), here].map((clock) => sharedInterventions(database.postgres, name, clock));
    await raising?.ask(alert(machine(byMs).now()));
    await here.sleep(50);
    const sinceAt = here.now();
    const place = { environment: 'staging' as const, release: 'r1' };
    expect(await rolling?.pending({ ...place, sinceAt })).toBeNull();
    await here.sleep(50);
    await raising?.ask(alert(machine(byMs).now()));
    const heard = await rolling?.pending({ ...place, sinceAt });
    expect(heard?.by).toBe('Checkout');
    expect(heard?.at).toBeGreaterThanOrEqual(sinceAt);
    expect(heard?.at).toBeLessThanOrEqual(here.now());
  },
);

test('what was said before the database noted when counts by the time that it bears', async () => {
  const said = JSON.stringify(alert(100));
  await database.postgres.plain('INSERT INTO staging.interventions (environment, said, said_at) VALUES ($1, $2, NULL)', ['old', said]);
  const pending = (sinceAt: number) =>
    sharedInterventions(database.postgres, 'old', machine(0)).pending({ environment: 'staging', release: 'r1', sinceAt });
  expect([(await pending(100))?.at, await pending(101)]).toEqual([100, null]);
});
