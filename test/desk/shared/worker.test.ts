import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { openPostgresStore } from '../../../src/blackboard/postgres-store.js';
import type { StagingConfigInput } from '../../../src/catalog/config.js';
import type { ReleaseRequest } from '../../../src/catalog/request.js';
import { verifyRelease } from '../../../src/agents/verify-release.js';
import { openDatabase, type SharedDatabase } from '../../../src/desk/shared/database.js';
import { startWorker, type WorkerOptions } from '../../../src/desk/shared/worker.js';
import { openWakeUps } from '../../../src/desk/shared/wake-ups.js';
import type { ApprovalQuestion } from '../../../src/graph/approval-question.js';
import type { FaultInput } from '../../../src/scenario/faults.js';
import type { Ports } from '../../../src/tools/ports.js';
import { openOutsideWorld, type OutsideWorld } from '../../chaos/outside-world.js';
import { startPostgres, type TestPostgres } from '../../support/postgres.js';
import { simulatedConfig } from '../../support/simulated-release.js';

vi.setConfig({ testTimeout: 300_000 }); // on a machine that may be busy

let server: TestPostgres;
beforeAll(async () => void (server = await startPostgres()));
afterAll(() => server.stop());

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

let databases = 0;
const emptyDatabase = async (): Promise<SharedDatabase> => {
  const database = await openDatabase(await server.createDatabase(`workers_${++databases}`));
  closing.push(() => database.close());
  return database;
};

type World = OutsideWorld & { config: ReturnType<typeof simulatedConfig> };
const worldOf = (changes: Partial<StagingConfigInput> = {}, faults: FaultInput[] = []): World => {
  const config = simulatedConfig(changes);
  return { config, ...openOutsideWorld({ config, faults }) };
};

const work = async (database: SharedDatabase, world: World, options: Partial<WorkerOptions> & { ports?: Ports } = {}) => {
  const { ports = world.ports, ...rest } = options;
  const place = { config: world.config, configFile: '', configDir: '.', stateDir: '.' };
  const worker = await startWorker({
    ...{ database, holder: 'worker', leaseMs: 5_000, told: { progress: () => undefined, state: () => undefined, say: () => undefined } },
    reached: [{ environment: 'storefront', workspace: place, ports, model: 'runbook', simulated: true }],
    ...rest,
  });
  closing.push(() => worker.close());
  return worker;
};

const request: ReleaseRequest = {
  ...{ service: 'storefront', version: 'v2.2.0', features: ['wishlist'], target: 'production' },
  ...{ text: 'ship storefront v2.2.0 with wishlist to staging, promote it if it is healthy', preApprovedBy: 'owner' },
};

const ask = async ({ postgres, line }: SharedDatabase, id: string, changes: Partial<ReleaseRequest> = {}): Promise<void> => {
  const times = { createdAt: Date.now(), updatedAt: Date.now() };
  await openPostgresStore(postgres).saveRelease({
    ...{ id, request: { ...request, ...changes }, state: 'queued', outcome: null, reason: '', model: 'runbook', simulated: true, ...times },
  });
  await line.join(id, 'storefront');
  const wakeUps = await openWakeUps(postgres, { works: false });
  await wakeUps.wake('storefront');
  await wakeUps.close();
};

const until = async <T>(look: () => Promise<T | null | false | undefined>): Promise<T> => {
  for (;;) {
    const found = await look();
    if (found) return found;
    await new Promise((next) => setTimeout(next, 30));
  }
};
/** A person who approves as soon as it is asked. */
const approve = async ({ line, postgres }: SharedDatabase, id: string): Promise<void> => {
  const wait = await until(async () => {
    const found = await line.waitOf(id);
    return found?.kind === 'approval' && found;
  });
  const { digest } = wait.question as ApprovalQuestion; // the graph's own
  await line.ask(id, { kind: 'answer', answer: { digest, decision: 'approved', by: 'owner', comment: '' }, caller: null });
  const wakeUps = await openWakeUps(postgres, { works: false });
  await wakeUps.wake('storefront');
  await wakeUps.close();
};

const reached = ({ postgres }: SharedDatabase, id: string, state: string) =>
  until(async () => {
    const row = await openPostgresStore(postgres).release(id);
    return row?.state === state && row;
  });

test('a release that is asked for is taken through by a worker, its soak in many sleeps, and its evidence is sound', async () => {
  const database = await emptyDatabase();
  const world = worldOf({ stability: { soakMs: 3_600_000 }, workers: { lookEveryMs: 600_000 } });
  const sleeps = new Set<number>();
  await ask(database, 'r1');
  await work(database, world);
  const row = await until(async () => {
    const wait = await database.line.waitOf('r1');
    if (wait?.kind === 'soak') sleeps.add(wait.wakeAt);
    const found = await openPostgresStore(database.postgres).release('r1');
    return found?.state === 'ended' && found;
  });
  expect(row.outcome).toBe('promoted');
  expect(sleeps.size).toBeGreaterThan(2);
  expect((await verifyRelease(openPostgresStore(database.postgres), row)).problems).toEqual([]);
  expect(world.effects.filter((effect) => effect.startsWith('switch'))).toEqual([
    'switch of staging to green',
    'switch of production to green',
  ]);
  expect(await database.line.places()).toEqual([]);
  const kept = await database.postgres.plain(`SELECT FROM staging_checkpoints.checkpoints WHERE checkpoint_ns = ''`);
  expect(kept.rows.length).toBeLessThanOrEqual(2);
});

test('a worker that is asked to end finishes what it has begun, and another one goes on from there', async () => {
  const database = await emptyDatabase();
  const world = worldOf({ stability: { soakMs: 3_600_000 }, workers: { lookEveryMs: 600_000 } });
  await ask(database, 'r1');
  let closed: Promise<void> | undefined;
  const ports: Ports = {
    ...world.ports,
    deployment: {
      ...world.ports.deployment,
      deployIdle: (...what) => {
        closed ??= until(() => Promise.resolve(first)).then((worker) => worker.close());
        return world.ports.deployment.deployIdle(...what);
      },
    },
  };
  let first: Awaited<ReturnType<typeof work>> | null = null;
  first = await work(database, world, { ports });
  await until(() => Promise.resolve(closed !== undefined));
  await closed;
  const { rows } = await database.pool.query("SELECT name FROM staging.operations WHERE finished_at IS NULL AND name != 'intent'");
  expect(rows).toEqual([]);
  expect((await openPostgresStore(database.postgres).release('r1'))?.state).toBe('running');
  await work(database, world, { holder: 'another' });
  expect((await reached(database, 'r1', 'ended')).outcome).toBe('promoted');
  expect(world.effects.filter((effect) => effect.startsWith('deployment of v2.2.0 in staging'))).toHaveLength(1);
});

test('the second release of an environment waits until the first has ended, also while that one waits for a person', async () => {
  const database = await emptyDatabase();
  const world = worldOf({ stability: { soakMs: 600_000 }, workers: { lookEveryMs: 600_000 } });
  await ask(database, 'r1', { preApprovedBy: null });
  await ask(database, 'r2', { version: 'v2.3.0' });
  await ask(database, 'r3', { version: 'v2.4.0' });
  await work(database, world);
  await reached(database, 'r1', 'waiting');
  expect(await database.line.places()).toEqual([
    { release: 'r1', environment: 'storefront', behind: null },
    { release: 'r2', environment: 'storefront', behind: 'r1' },
    { release: 'r3', environment: 'storefront', behind: 'r2' },
  ]);
  expect((await reached(database, 'r2', 'queued')).outcome).toBeNull();
  expect(await database.line.cancel('r3', 'changed our mind', 1)).toBe(true);
  await approve(database, 'r1');
  expect((await reached(database, 'r1', 'ended')).outcome).toBe('promoted');
  expect((await reached(database, 'r2', 'ended')).outcome).toBe('promoted');
  expect(await reached(database, 'r3', 'ended')).toMatchObject({ outcome: 'stopped', reason: 'changed our mind' });
});

test('a release that a person ends while it waits goes back to the stable version, and a promoted one back to the version before', async () => {
  const database = await emptyDatabase();
  const world = worldOf({ stability: { soakMs: 600_000 }, workers: { lookEveryMs: 600_000 } });
  const end = async (id: string) => {
    await database.line.ask(id, { kind: 'end', by: 'olga', reason: 'customers complain' });
    await database.line.join(id, 'storefront');
  };
  await ask(database, 'r1', { preApprovedBy: null });
  await work(database, world);
  await until(() => database.line.waitOf('r1').then((wait) => wait?.kind === 'approval'));
  await end('r1');
  expect(await reached(database, 'r1', 'ended')).toMatchObject({ outcome: 'rolled_back' });
  await ask(database, 'r2', { version: 'v2.3.0' });
  expect(await reached(database, 'r2', 'ended')).toMatchObject({ outcome: 'promoted' });
  await end('r2');
  await until(async () => (await openPostgresStore(database.postgres).release('r2'))?.outcome === 'rolled_back');
  expect((await world.ports.deployment.status('production')).slots.find(({ slot }) => slot === 'blue')?.version).toBe('v2.1.1');
  expect(world.effects.at(-1)).toMatch(/^switch of (?:staging|production) to blue$/);
});
