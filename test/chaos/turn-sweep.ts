import { openPostgresStore } from '../../src/blackboard/postgres-store.js';
import { openDatabase, type SharedDatabase } from '../../src/desk/shared/database.js';
import { startWorker, type StagingWorker } from '../../src/desk/shared/worker.js';
import { openWakeUps } from '../../src/desk/shared/wake-ups.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { simulatedConfig } from '../support/simulated-release.js';
import { dyingDatabase, type CutPoint } from './dying-database.js';
import { openOutsideWorld } from './outside-world.js';
import { differences, endOf, type Ended } from './release-ends.js';
import { answerAll, askFor } from './workers-sweep.js';

export type TurnSweepOptions = {
  /** Which of the points are tried; left out, every one. */
  choose?: (points: CutPoint[]) => CutPoint[];
  /** Switches off what makes a second effect impossible, to see that the sweep finds it. */
  without?: 'idempotent adapters' | undefined;
  lanes?: number;
  /** Told of every point that is not as it has to be, and after every hundred how far it is. */
  tell?: (line: string) => void;
};

export type TurnsSwept = { tried: number; commits: number; wrong: string[] };

const leaseMs = 600;
/** A release that does not end in this time stands still: undisturbed it takes less than two seconds. */
const patienceMs = 20_000;
const config = simulatedConfig({ stability: { soakMs: 2 * 3_600_000 }, workers: { lookEveryMs: 3_600_000 } });
const [id, environment] = ['release-1', 'storefront'];
const request = {
  ...{ service: 'storefront', version: 'v2.2.0', features: ['wishlist'], target: 'production' as const, preApprovedBy: null },
  text: 'ship storefront v2.2.0 with wishlist to staging, promote it if it is healthy',
};

/**
 * Cuts a worker off from the database at every commit and after every effect of a release that asks a person and sleeps while it soaks;
 * another worker finds what it has left, and goes on. Then the release must have ended as it does undisturbed, with every effect once.
 */
export const sweepTurns = async ({ choose = (points) => points, without, lanes = 2, tell }: TurnSweepOptions = {}): Promise<TurnsSwept> => {
  const server = await startPostgres();
  const swept: TurnsSwept = { tried: 0, commits: 0, wrong: [] };
  try {
    const whole = await take(server, 'whole', null);
    swept.commits = whole.commits;
    const points = choose([
      ...Array.from({ length: whole.commits }, (_, place) =>
        (['before', 'after'] as const).map((when) => ({ commit: place + 1, when })),
      ).flat(),
      ...whole.effects.map((_, place) => ({ effect: place + 1 })),
    ]);
    const all = points.length;
    const lane = async (): Promise<void> => {
      for (let point = points.shift(); point !== undefined; point = points.shift()) {
        const at = 'effect' in point ? `after effect ${point.effect}` : `${point.when} commit ${point.commit}`;
        swept.tried += 1;
        const ended = await take(server, `cut_${swept.tried}`, point, without);
        for (const problem of differences(whole, ended)) {
          swept.wrong.push(`${at}: ${problem}`);
          tell?.(`${at}: ${problem}`);
        }
        if (swept.tried % 100 === 0) tell?.(`${swept.tried} of ${all} points tried`);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return swept;
  } finally {
    await server.stop();
  }
};

const take = async (
  server: TestPostgres,
  name: string,
  point: CutPoint | null,
  without?: TurnSweepOptions['without'],
): Promise<Ended & { commits: number }> => {
  const url = await server.createDatabase(name);
  const database = await openDatabase(url);
  const store = openPostgresStore(database.postgres);
  const world = openOutsideWorld({ config, idempotent: without === undefined });
  const wakeUps = await openWakeUps(database.postgres, { works: false });
  const workers: Promise<StagingWorker>[] = [];
  const hire = (holder: string, from: SharedDatabase): Promise<StagingWorker> => {
    const workspace = { config, configFile: '', configDir: '.', stateDir: '.' };
    const told = { progress: () => undefined, state: () => undefined, say: () => undefined };
    const ports = { ...world.ports, deployment: { ...world.ports.deployment } }; // no process waits for what another one has asked
    const reached = [{ environment, workspace, ports, model: 'runbook', simulated: true }];
    const worker = startWorker({ database: from, holder, leaseMs, told, reached });
    worker.catch(() => undefined); // it may die before it has begun; whoever waits for it hears of it
    return worker;
  };
  const first = dyingDatabase(url, point, () => world.effects.length);
  let isOver = false;
  let begun: Promise<StagingWorker> | undefined;
  const answering = answerAll(database, wakeUps, { isOver: () => isOver, everyMs: 30 });
  try {
    await askFor(database, environment, { id, request });
    begun = hire('first', first.database);
    void first.died.then(() => {
      world.died();
      workers.push(hire('second', database));
    });
    for (const until = Date.now() + patienceMs; Date.now() < until;) {
      if ((await store.release(id))?.state === 'ended') break;
      await new Promise((next) => setTimeout(next, 30));
    }
    if (point === null || workers.length === 0) workers.push(begun);
    for (const worker of workers) {
      const closed = (await worker).close();
      await (worker === begun ? Promise.race([closed, first.died]) : closed); // it may die as it closes, and then the second one is here
    }
    return { ...(await endOf(id, { store, config }, world)), commits: first.commits() };
  } finally {
    isOver = true;
    await answering;
    await wakeUps.close();
    await first.close();
    await database.close();
    void begun?.then((worker) => worker.close()).catch(() => undefined); // nobody waits for the dead, but its timers must not go on
  }
};
