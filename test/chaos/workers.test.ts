import type { ChildProcess } from 'node:child_process';
import { expect, test, vi } from 'vitest';
import { openPostgresStore } from '../../src/blackboard/postgres-store.js';
import { openDatabase } from '../../src/desk/shared/database.js';
import { verifyRelease } from '../../src/agents/verify-release.js';
import { doorRows, type DoorRow } from '../../src/tools/door-rows.js';
import { everything } from '../support/everything.js';
import { startPostgres } from '../support/postgres.js';
import { simulatedConfig } from '../support/simulated-release.js';
import { openOutsideWorld } from './outside-world.js';
import { methodsOf, type Call } from './world-by-ipc.js';
import { workerProcesses } from './worker-processes.js';
import { sweepTurns } from './turn-sweep.js';
import { sweepWorkers } from './workers-sweep.js';

vi.setConfig({ testTimeout: 300_000 }); // processes that start, die and start again on a machine that may be busy

test('releases that workers are killed and paused at end as they do undisturbed, every effect once', async () => {
  const { wrong, ended, killed } = await sweepWorkers({ releases: 4, environments: 2, killEveryMs: 2_000, most: 5, restart: false });
  expect(wrong).toEqual([]);
  expect(ended).toBe(4);
  expect(killed).toBeGreaterThan(0);
});

test('a worker that is cut off from the database where a release begins, and at commits all over it, loses nothing and does nothing twice', async () => {
  const { wrong, tried } = await sweepTurns({
    choose: (points) =>
      points.filter((point) =>
        'effect' in point ? point.effect === 3 : point.commit === 12 || (point.commit % 700 === 350 && point.when === 'after'),
      ),
  });
  expect(wrong).toEqual([]);
  expect(tried).toBeGreaterThan(3);
});

test.runIf(everything)('the sweep reports what happens twice where adapters do again what they are asked again', async () => {
  const { wrong } = await sweepTurns({
    without: 'idempotent adapters',
    choose: (points) => points.filter((point) => 'effect' in point && point.effect === 3),
  });
  expect(wrong.join()).toContain('too many of: snapshot of staging');
});

const acts = ({ door, method }: Call): boolean =>
  (door === 'clock' ? undefined : (doorRows[door] as Record<string, DoorRow | undefined>)[method])?.acts === true;

const stability = { stability: { soakMs: 3_600_000 }, workers: { lookEveryMs: 3_600_000 } };

/** One worker is stopped in the middle of a rollout; when another has ended the release, it goes on. */
const pausedWorker = async (unfenced: boolean) => {
  const config = simulatedConfig(stability);
  const world = openOutsideWorld({ config });
  const server = await startPostgres();
  const url = await server.createDatabase('paused');
  const database = await openDatabase(url);
  const store = openPostgresStore(database.postgres);
  const after: string[] = [];
  const said: string[] = [];
  let paused: ChildProcess | null = null;
  let woken = false as boolean;
  const crew = await workerProcesses(
    { one: world.ports },
    {
      said: (line) => said.push(line),
      lost: (call, child) => {
        if (paused === null && /^(?:shapeTraffic|setWeight)$/.test(call.method)) {
          paused = child;
          child.kill('SIGSTOP');
        }
        if (woken && child === paused && acts(call)) after.push(`${call.door}.${call.method}`);
        return false;
      },
    },
  );
  const hire = async (holder: string): Promise<ChildProcess> => {
    const { child, start } = await crew.load();
    const reached = { environment: 'one', startsAt: world.ports.clock.now(), methods: methodsOf(world.ports), config: stability };
    await start({ url, holder, leaseMs: 3_000, unfenced, worlds: [reached] });
    return child;
  };
  try {
    await store.saveRelease({
      ...{ id: 'r1', state: 'queued', outcome: null, reason: '', model: 'runbook', simulated: true, createdAt: 1, updatedAt: 1 },
      request: { service: 'storefront', version: 'v2.2.0', features: [], target: 'production', text: 'ship it', preApprovedBy: 'owner' },
    });
    await database.line.join('r1', 'one');
    const first = await hire('first');
    while (paused === null) await new Promise((next) => setTimeout(next, 20));
    await hire('second');
    const ended = async () => (await store.release('r1'))?.state === 'ended';
    while (!(await ended())) await new Promise((next) => setTimeout(next, 50));
    const effects = world.effects.length;
    woken = true;
    first.kill('SIGCONT');
    await new Promise((next) => setTimeout(next, 1_500));
    const row = (await store.release('r1'))!;
    const { problems } = await verifyRelease(store, row);
    return { after, problems, more: world.effects.length - effects, outcome: row.outcome, said };
  } finally {
    await crew.close();
    await database.close();
    await server.stop();
  }
};

test('a worker that was stopped for longer than its lease does nothing more when it wakes: another has ended the release meanwhile', async () => {
  const { said, ...found } = await pausedWorker(false);
  expect(found).toEqual({ after: [], problems: [], more: 0, outcome: 'promoted' });
  expect(said.join()).toContain('lease');
});

test('without its fences the same worker goes on to act', async () => {
  const { after } = await pausedWorker(true);
  expect(after.length).toBeGreaterThan(0);
});
