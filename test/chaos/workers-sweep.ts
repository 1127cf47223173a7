import type { ChildProcess } from 'node:child_process';
import { verifyRelease } from '../../src/agents/verify-release.js';
import { openPostgresStore } from '../../src/blackboard/postgres-store.js';
import type { Store } from '../../src/blackboard/store.js';
import type { StagingConfigInput } from '../../src/catalog/config.js';
import type { ReleaseRequest } from '../../src/catalog/request.js';
import { openDatabase, type SharedDatabase } from '../../src/desk/shared/database.js';
import { openWakeUps, type WakeUps } from '../../src/desk/shared/wake-ups.js';
import { startWorker } from '../../src/desk/shared/worker.js';
import type { ApprovalQuestion } from '../../src/graph/approval-question.js';
import type { FaultInput } from '../../src/scenario/faults.js';
import { seeded } from '../../src/scenario/seeded.js';
import { startPostgres } from '../support/postgres.js';
import { simulatedConfig } from '../support/simulated-release.js';
import { openOutsideWorld, type OutsideWorld } from './outside-world.js';
import { workerProcesses } from './worker-processes.js';
import { methodsOf } from './world-by-ipc.js';

export type WorkersOptions = {
  releases: number;
  environments: number;
  workers?: number;
  /** How often one of the workers is killed. */
  killEveryMs?: number;
  /** How often at most; left out, until every release has ended. */
  most?: number;
  /** Whether PostgreSQL restarts in the middle. */
  restart?: boolean;
  seed?: number;
  /** Switches off what keeps a worker without a lease from acting. */
  without?: 'fences';
  tell?: (line: string) => void;
};

export type WorkersSwept = { ended: number; killed: number; paused: number; restarts: number; effects: number; wrong: string[] };

const leaseMs = 5_000;
/**
 * When no journal has grown for so long, the workers are left in peace: on a busy machine they may be killed faster than they begin. When
 * none has grown for twice that, they stand still.
 */
const patienceMs = 60_000;
const config: Partial<StagingConfigInput> = { stability: { soakMs: 2 * 3_600_000 }, workers: { lookEveryMs: 3_600_000 } };
const faults: FaultInput[] = [{ kind: 'error_rate', value: 0.04, feature: 'broken' }];

/** The releases of one environment, in order: one of four is bad, and one of three asks a person. */
const requestsOf = (environment: string, count: number): { id: string; request: ReleaseRequest }[] =>
  Array.from({ length: count }, (_, place) => {
    const [version, feature] = [`v2.2.${place}`, place % 4 === 3 ? 'broken' : 'wishlist'];
    const text = `ship storefront ${version} with ${feature} to staging, promote it if it is healthy`;
    const request = { service: 'storefront', version, features: [feature], target: 'production' as const, text };
    return { id: `${environment}-${place}`, request: { ...request, preApprovedBy: place % 3 === 2 ? null : 'owner' } };
  });

/**
 * Some worker processes on one PostgreSQL take many releases through, while they are killed and paused at random, and PostgreSQL itself
 * restarts in the middle; then every release must have ended as it does undisturbed, with every effect once, one release after the other.
 */
export const sweepWorkers = async ({
  releases,
  environments,
  workers = 3,
  killEveryMs = 1_000,
  most = Infinity,
  restart = true,
  seed = 1,
  without,
  tell = () => undefined,
}: WorkersOptions): Promise<WorkersSwept> => {
  const swept: WorkersSwept = { ended: 0, killed: 0, paused: 0, restarts: 0, effects: 0, wrong: [] };
  const names = Array.from({ length: environments }, (_, place) => `environment-${place + 1}`);
  const line = new Map(names.map((name) => [name, requestsOf(name, Math.ceil(releases / environments))]));
  const worlds = new Map(names.map((name) => [name, openOutsideWorld({ config: simulatedConfig(config), faults })]));
  const server = await startPostgres();
  const url = await server.createDatabase('workers');
  const expecting = undisturbed(await server.createDatabase('undisturbed'), line.get(names[0] ?? '') ?? []);
  const database = await openDatabase(url);
  const wakeUps = await openWakeUps(database.postgres, { works: false });
  const crew = await workerProcesses(Object.fromEntries([...worlds].map(([name, { ports }]) => [name, ports])), { said: tell });
  let hired = 0;
  const hire = async (): Promise<ChildProcess> => {
    const { child, start } = await crew.load();
    hired += 1;
    child.once('exit', (code) => code !== null && swept.wrong.push(`a worker ended by itself, with ${code}`));
    await start({
      ...{ url, holder: `worker-${hired}`, leaseMs, unfenced: without === 'fences' },
      worlds: [...worlds].map(([environment, { ports }]) => ({
        environment,
        startsAt: ports.clock.now(),
        methods: methodsOf(ports),
        config,
      })),
    });
    return child;
  };
  try {
    for (const [name, requests] of line) for (const one of requests) await askFor(database, name, one);
    for (const name of names) await wakeUps.wake(name);
    const staff = await Promise.all(Array.from({ length: workers }, hire));
    const draw = seeded(seed).uniform;
    const store = openPostgresStore(database.postgres);
    let ticks = 0;
    let isOver = false;
    let inPeace = false;
    const disturb = async (): Promise<void> => {
      while (!isOver && ticks < most) {
        await new Promise((next) => setTimeout(next, killEveryMs));
        if (isOver) return;
        if (inPeace) continue;
        ticks += 1;
        const place = Math.floor(draw(`who/${ticks}`) * staff.length);
        const child = staff[place];
        if (child === undefined) continue;
        if (draw(`how/${ticks}`) < 0.25) {
          swept.paused += 1;
          child.kill('SIGSTOP');
          setTimeout(() => child.kill('SIGCONT'), leaseMs * 1.5).unref();
          continue;
        }
        swept.killed += 1;
        child.kill('SIGKILL');
        staff[place] = await hire();
      }
    };
    const disturbing = disturb();
    const answering = answerAll(database, wakeUps, { isOver: () => isOver });
    const all = [...line.values()].flat().length;
    for (let [before, written, since] = [-1, 0, Date.now()]; swept.ended < all;) {
      await new Promise((next) => setTimeout(next, 500));
      const left = (await store.releases()).filter(({ state }) => state !== 'ended');
      swept.ended = all - left.length;
      if (swept.ended !== before) {
        tell(`${swept.ended} of ${all} ended, ${swept.killed} workers killed, ${swept.paused} paused`);
        before = swept.ended;
      }
      const rows = await database.postgres.transaction(({ ask }) => ask<{ n: number }>('SELECT count(*) AS n FROM staging.journal'));
      const now = rows[0]?.n ?? 0;
      if (now !== written) [written, since] = [now, Date.now()];
      if (!inPeace && Date.now() - since > patienceMs) tell('nothing is written: the workers are left in peace');
      inPeace = Date.now() - since > patienceMs;
      if (Date.now() - since > 2 * patienceMs) {
        swept.wrong.push(...left.map(({ id, state, reason }) => `${id} stands still: ${state} ${reason}`));
        for (const lease of await database.leases.list()) tell(`lease: ${JSON.stringify(lease)}`);
        for (const { id } of left) tell(`${id} waits for: ${JSON.stringify(await database.line.waitOf(id))}`);
        break;
      }
      if (restart && swept.restarts === 0 && swept.ended >= releases / 2) {
        swept.restarts += 1;
        await server.restart();
        tell('PostgreSQL has restarted');
      }
    }
    isOver = true;
    await Promise.all([disturbing, answering]);
    const expected = await expecting;
    for (const [name, requests] of line) {
      const world = worlds.get(name);
      if (world === undefined) continue;
      swept.effects += world.effects.length;
      const problems = await problemsOf(store, requests, world, expected);
      swept.wrong.push(...problems.map((problem) => `${name}: ${problem}`));
    }
    swept.wrong.forEach(tell);
    return swept;
  } finally {
    await crew.close();
    await wakeUps.close();
    await database.close();
    await server.stop();
  }
};

export const askFor = async (
  { postgres, line }: SharedDatabase,
  environment: string,
  { id, request }: { id: string; request: ReleaseRequest },
): Promise<void> => {
  await openPostgresStore(postgres).saveRelease({
    ...{ id, request, state: 'queued', outcome: null, reason: '', model: 'runbook', simulated: true, createdAt: 1, updatedAt: 1 },
  });
  await line.join(id, environment);
};

/** A person who approves whatever is asked, once it is asked. */
export const answerAll = async (
  { line, postgres }: SharedDatabase,
  wakeUps: WakeUps,
  { isOver, everyMs = 500 }: { isOver: () => boolean; everyMs?: number },
): Promise<void> => {
  const store = openPostgresStore(postgres);
  const answered = new Set<string>();
  while (!isOver()) {
    await new Promise((next) => setTimeout(next, everyMs));
    const waiting = new Set((await store.releases()).flatMap(({ id, state }) => (state === 'waiting' ? [id] : [])));
    const places = waiting.size === 0 ? [] : await line.places();
    for (const { release: id, environment } of places.filter(({ release }) => waiting.has(release))) {
      const wait = await line.waitOf(id);
      if (wait?.kind !== 'approval') continue;
      const { digest } = wait.question as ApprovalQuestion; // the graph's own
      if (answered.has(`${id} ${digest}`)) continue;
      answered.add(`${id} ${digest}`);
      const answer = { digest, decision: 'approved', by: 'owner', comment: '' };
      await line.ask(id, { kind: 'answer', answer, caller: null });
      await wakeUps.wake(environment);
    }
  }
};

type Expected = { outcomes: (string | null)[]; effects: string[] };

/** The same releases with one worker that nobody disturbs. */
const undisturbed = async (url: string, requests: ReturnType<typeof requestsOf>): Promise<Expected> => {
  const database = await openDatabase(url);
  const world = openOutsideWorld({ config: simulatedConfig(config), faults });
  const environment = 'environment';
  for (const one of requests) await askFor(database, environment, one);
  const workspace = { config: simulatedConfig(config), configFile: '', configDir: '.', stateDir: '.' };
  const worker = await startWorker({
    ...{ database, holder: 'undisturbed', told: { progress: () => undefined, state: () => undefined, say: () => undefined } },
    reached: [{ environment, workspace, ports: world.ports, model: 'runbook', simulated: true }],
  });
  const wakeUps = await openWakeUps(database.postgres, { works: false });
  const store = openPostgresStore(database.postgres);
  let isOver = false;
  const answering = answerAll(database, wakeUps, { isOver: () => isOver });
  while ((await store.releases()).some(({ state }) => state !== 'ended')) await new Promise((next) => setTimeout(next, 100));
  isOver = true;
  await answering;
  const rows = await Promise.all(requests.map(({ id }) => store.release(id)));
  await worker.close();
  await wakeUps.close();
  await database.close();
  return { outcomes: rows.map((row) => row?.outcome ?? null), effects: standing(world.effects).map(kindOf) };
};

const problemsOf = async (
  store: Store,
  requests: ReturnType<typeof requestsOf>,
  { effects }: OutsideWorld,
  expected: Expected,
): Promise<string[]> => {
  const problems: string[] = [];
  for (const [place, { id }] of requests.entries()) {
    const row = await store.release(id);
    if (row?.outcome !== expected.outcomes[place])
      problems.push(`${id} ended as ${row?.outcome ?? 'nothing'} (${row?.reason}) instead of ${expected.outcomes[place]}`);
    if (row !== null) problems.push(...(await verifyRelease(store, row)).problems.map((problem) => `${id}: ${problem}`));
  }
  const counts = new Map<string, number>();
  for (const effect of standing(effects).map(kindOf)) counts.set(effect, (counts.get(effect) ?? 0) + 1);
  for (const effect of expected.effects) counts.set(effect, (counts.get(effect) ?? 0) - 1);
  for (const [effect, more] of counts)
    if (more !== 0) problems.push(more > 0 ? `${more} too many of: ${effect}` : `${-more} lost of: ${effect}`);
  return [...problems, ...interleaved(effects)];
};

/** An effect without what differs from one environment to the next. */
const kindOf = (effect: string): string => effect.replace(/ for .*$/, '').replace(/ at [0-9a-f]{7}$/, '');

/** A rollout that was cut off begins again from the stable version: a switch that was taken back before the next effect does not stand. */
const standing = (effects: readonly string[]): string[] => {
  const left: string[] = [];
  const switched = /^switch of (\w+) to /;
  for (const effect of effects) {
    const environment = switched.exec(effect)?.[1];
    if (environment !== undefined && switched.exec(left.at(-1) ?? '')?.[1] === environment) left.pop();
    else left.push(effect);
  }
  return left;
};

/** A version that is at work again after the next one has begun: two releases were in one environment at a time. */
const interleaved = (effects: readonly string[]): string[] => {
  const order: string[] = [];
  for (const effect of effects) {
    const version = /^(?:deployment of|tag) (v2\.2\.\d+)/.exec(effect)?.[1];
    if (version !== undefined && order.at(-1) !== version) order.push(version);
  }
  return order.filter((version, place) => order.indexOf(version) !== place).map((version) => `${version} went on beside another release`);
};
