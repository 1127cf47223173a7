import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Store } from '../../src/blackboard/store.js';
import type { ReleaseRequest } from '../../src/catalog/request.js';
import { begin, drive, goOn, revive } from '../../src/desk/drive.js';
import { openActiveWorkspace } from '../../src/desk/active-workspace.js';
import { openWorkspace } from '../../src/desk/workspace.js';
import type { FaultInput } from '../../src/scenario/faults.js';
import { folderWith, simulatedService } from '../support/command.js';
import { simulatedConfig } from '../support/simulated-release.js';
import type { CutName, Job, Told, WritePoint } from './killed-release.js';
import { openOutsideWorld, type OutsideWorld } from './outside-world.js';
import { notificationsTo, notifyFrom, openReceiver, type Receiver } from './receiver.js';
import { differences, endOf, type Ended } from './release-ends.js';
import { spares, type Spares } from './spare-processes.js';
import { methodsOf, serveWorlds } from './world-by-ipc.js';

export const cutNames: readonly CutName[] = ['SIGKILL', 'SIGTERM', 'full disk', 'clock forward', 'clock back'];
const setByMs: Partial<Record<CutName, number>> = { 'clock forward': 6 * 3_600_000, 'clock back': -6 * 3_600_000 };

/** Beside the writes: the moment after the world has taken an effect and before anybody here heard of it. */
export type CrashPoint = { by: CutName } & (WritePoint | { effect: number });

/** A release to be cut off everywhere. */
export type CrashStory = { name: string; faults: FaultInput[] };

export const crashStories: readonly CrashStory[] = [
  { name: 'promoted', faults: [] },
  { name: 'rolled back', faults: [{ kind: 'error_rate', value: 0.04 }] },
];

const request: ReleaseRequest = {
  ...{ service: 'storefront', version: 'v2.2.0', features: ['wishlist'], target: 'production' },
  ...{ text: 'ship storefront v2.2.0 with wishlist to staging, promote it if it is healthy', preApprovedBy: 'owner' },
};
const id = 'release-1';

export type SweepOptions = {
  /** How it is cut off; left out, in every way. */
  by?: readonly CutName[];
  /** Which of the points are tried; left out, every one. */
  choose?: (points: CrashPoint[]) => CrashPoint[];
  stories?: readonly CrashStory[];
  /** Told of every point that is not as it has to be. */
  tell?: (line: string) => void;
  /** Switches off what makes a second effect impossible, or what has begun end, to see that the sweep finds it. */
  without?: 'operations' | 'idempotent adapters' | 'drain' | 'outbox' | 'revival';
  lanes?: number;
};

/** `whole`: those among the tried that came to their end all the same, as nothing was left to be begun or written. */
export type Swept = { tried: number; whole: number; rows: number; wrong: string[] };

/** Cuts a release off at every point of it, goes on with it in a new workspace, and compares how both ended. */
export const sweepCrashes = async ({
  by = cutNames,
  choose = (points) => points,
  stories = crashStories,
  tell,
  without,
  lanes = 2,
}: SweepOptions = {}): Promise<Swept> => {
  const swept: Swept = { tried: 0, whole: 0, rows: 0, wrong: [] };
  const spare = await spares(lanes);
  for (const story of stories) {
    const whole = await undisturbed(story, spare);
    swept.rows += whole.rows;
    const points = choose(by.flatMap((name) => pointsOf(whole, name)));
    const lane = async (): Promise<void> => {
      for (let point = points.shift(); point !== undefined; point = points.shift()) {
        const problems = await tryPoint({ story, point, whole, spare, without, swept }).catch((error: unknown) => [String(error)]);
        swept.tried += 1;
        for (const problem of problems) {
          const line = `${story.name}, ${sayPoint(point)}: ${problem}`;
          swept.wrong.push(line);
          tell?.(line);
        }
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  }
  spare.close();
  return swept;
};

export const sayPoint = (point: CrashPoint): string =>
  `${point.by} ${'effect' in point ? `after effect ${point.effect}` : `${point.when} write ${point.write}`}`;

/** Every row is in one of the writes. Where something is amiss with the machine, before one write is after the last. */
const pointsOf = ({ writes, effects }: Whole, by: CutName): CrashPoint[] => {
  const isSignal = by === 'SIGKILL' || by === 'SIGTERM';
  const whens = isSignal ? (['before', 'after'] as const) : (['before'] as const);
  return [
    ...Array.from({ length: writes }, (_, place) => whens.map((when) => ({ by, write: place + 1, when }))).flat(),
    ...(isSignal ? effects.map((_, place) => ({ by, effect: place + 1 })) : []),
  ];
};

type Whole = Ended & { writes: number; rows: number };

const undisturbed = async (story: CrashStory, spare: Spares): Promise<Whole> => {
  const { folder, world, receiver } = await scene(story);
  try {
    const child = await spare.take();
    serveWorlds(child, { '': world.ports }, () => false);
    child.send(jobOf(folder, world, { point: null, by: 'SIGKILL' }));
    const told = await lastWordOf(child);
    if (told.kind !== 'written') throw new Error(`${story.name}: it stops even when nothing disturbs it: ${told.reason}`);
    const { rows } = told;
    const ended = await foundEnd(folder, world);
    if (ended.end['state'] !== 'ended') throw new Error(`${story.name}: it does not end even when nothing disturbs it`);
    return { ...ended, writes: rows.length, rows: rows.reduce((sum, count) => sum + count, 0) };
  } finally {
    receiver.close();
    await rm(folder, { recursive: true });
  }
};

const jobOf = (folder: string, { ports }: OutsideWorld, cut: Pick<Job, 'point' | 'by' | 'without'>): Job => ({
  ...{ kind: 'job', folder, startsAt: ports.clock.now(), methods: methodsOf(ports), request, id, ...cut },
});

type Try = {
  swept: Swept;
  story: CrashStory;
  point: CrashPoint;
  whole: Whole;
  spare: Spares;
  without: SweepOptions['without'];
};

const tryPoint = async ({ swept, story, point, whole, spare, without }: Try): Promise<string[]> => {
  const { by } = point;
  const { folder, world, receiver } = await scene(story, without !== 'idempotent adapters');
  const unharmed = async (): Promise<string[]> => {
    swept.whole += 1;
    return differences(whole, await foundEnd(folder, world));
  };
  try {
    const child = await spare.take();
    let isCut = false;
    serveWorlds(child, { '': world.ports }, () => {
      if (!isCut && 'effect' in point && world.effects.length >= point.effect) {
        isCut = true;
        child.kill(by === 'SIGTERM' ? by : 'SIGKILL');
      }
      return isCut && by !== 'SIGTERM'; // whoever is only asked to end still hears what it has done
    });
    const died = once(child, 'exit');
    const said = lastWordOf(child);
    child.send(jobOf(folder, world, { point: 'effect' in point ? null : point, by, without: without === 'drain' ? 'drain' : undefined }));
    const [code, signal] = (await died) as [number | null, string | null];
    if (by !== 'SIGTERM' && by !== 'full disk' && signal !== 'SIGKILL')
      return [`it was not killed there, but ended with ${code ?? signal}`];
    world.died();
    world.setClock(setByMs[by] ?? 0);
    if (by === 'SIGTERM') {
      if (code === 0) return await unharmed(); // nothing was left to be begun
      if (code !== 143) return [`it was asked to end, and ended with ${code ?? signal}`];
      const left = [...unfinished(folder), ...(await unwatched(world))];
      if (left.length > 0) return left;
    }
    if (by === 'full disk') {
      const word = await said;
      if (word.kind === 'written') return await unharmed(); // all the rest had room
      const left = await unwatched(world);
      if (word.code !== 'JOURNAL_WRITE_FAILED') left.push(`it stopped with ${word.code}: ${word.reason}`);
      if (left.length > 0) return left;
    }
    const ended = await goneOn(folder, world, without);
    return by.startsWith('clock') ? differences(lookedAtOnce(whole), lookedAtOnce(ended)) : differences(whole, ended);
  } finally {
    receiver.close();
    await rm(folder, { recursive: true });
  }
};

/** How often a soak is looked at, and found to be not over yet, depends on the clock. */
const lookedAtOnce = <T extends Ended>(ended: T): T => ({
  ...ended,
  end: Object.fromEntries(
    Object.entries(ended.end).map(([name, value]) => [name, Array.isArray(value) ? [...new Set<unknown>(value)] : value]),
  ),
});

const lastWordOf = (child: ChildProcess): Promise<Told> =>
  new Promise((resolve) => child.on('message', (message: Told) => 'kind' in message && resolve(message)));

/** A process that ends as it is asked to leaves nothing half done: but a rollout, which goes back and begins again. */
const unfinished = (folder: string): string[] => {
  const db = new Database(join(folder, '.staging', 'journal.db'), { readonly: true });
  const left = db
    .prepare<[], { name: string }>("SELECT name FROM operations WHERE finished_at IS NULL AND name != 'intent' ORDER BY name")
    .all();
  db.close();
  return left.filter(({ name }) => !rollouts.includes(name)).map(({ name }) => `${name} has begun and was not finished`);
};
const rollouts = ['run_rollout', 'promote_to_production'];

/** Nobody watches what is on its way to a version. */
const unwatched = async ({ ports }: OutsideWorld): Promise<string[]> => {
  const statuses = await Promise.all((['staging', 'production'] as const).map((name) => ports.deployment.status(name)));
  return statuses.flatMap(({ environment, candidateWeightPercent: weight }) =>
    weight > 0 ? [`${environment} gives ${weight} % to a candidate that nobody watches`] : [],
  );
};

const foundEnd = async (folder: string, world: OutsideWorld): Promise<Ended> => {
  const workspace = await openWorkspace({ config: join(folder, 'staging.config.json') });
  try {
    await sendTheRest(workspace);
    return await endOf(id, workspace, world);
  } finally {
    await workspace.close();
  }
};

const goneOn = async (folder: string, world: OutsideWorld, without: SweepOptions['without']): Promise<Ended> => {
  const workspace = await openActiveWorkspace({
    config: join(folder, 'staging.config.json'),
    ports: world.ports,
    progress: () => undefined,
  });
  try {
    if (without === 'outbox') Object.assign(workspace.store, { reader: remembersNothing({ ...workspace.store }) });
    const notifying = notifyFrom(workspace);
    await notifying.sent();
    if (without === 'operations') Object.assign(workspace.store, forgetful({ ...workspace.store }));
    const row = await workspace.store.release(id);
    if (row !== null && row.state !== 'ended' && without !== 'revival') await revive(workspace, id);
    const input = row === null ? begin(request) : await goOn(workspace, id); // nothing was promised before its first row
    if (row?.state !== 'ended') await drive(workspace, id, input, () => Promise.resolve(null));
    await notifying.sent();
    notifying.stop();
    return await endOf(id, workspace, world);
  } finally {
    await workspace.close();
  }
};

/** Whoever starts knows nothing of what the process before had to send. */
const remembersNothing =
  ({ reader }: Store): Store['reader'] =>
  (name) =>
    reader(`${name}, begun anew`);

/** Operations under other keys than those before: nothing that was done is known. */
const forgetful = (store: Store): Store => {
  const again = <T extends { id: string }>(operation: T): T => ({ ...operation, id: `${operation.id} again` });
  return {
    ...store,
    operation: async (key) => {
      const known = await store.operation(key);
      return known?.name === 'intent' ? known : store.operation(again({ id: key }).id); // without them it would stop before it does anything twice
    },
    beginOperation: (operation) => store.beginOperation(operation.name === 'intent' ? operation : again(operation)),
    finishOperation: (operation) => store.finishOperation(again(operation)),
  };
};

type Scene = { folder: string; world: OutsideWorld; receiver: Receiver };
const scene = async ({ faults }: CrashStory, idempotent = true): Promise<Scene> => {
  const receiver = await openReceiver();
  return {
    receiver,
    folder: await folderWith({ ...simulatedService, server: { notifications: notificationsTo(receiver) } }),
    world: openOutsideWorld({ config: simulatedConfig(), faults, idempotent, told: receiver.told }),
  };
};

const sendTheRest = async (workspace: Parameters<typeof notifyFrom>[0]): Promise<void> => {
  const notifying = notifyFrom(workspace);
  await notifying.sent();
  notifying.stop();
};
