import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'tsdown';
import { verifyRelease } from '../../src/agents/verify-release.js';
import type { Store } from '../../src/blackboard/store.js';
import type { ReleaseRequest } from '../../src/catalog/request.js';
import { releaseDocument } from '../../src/desk/document.js';
import { begin, drive, goOn, revive } from '../../src/desk/drive.js';
import { openActiveWorkspace, openWorkspace, type Workspace } from '../../src/desk/workspace.js';
import type { FaultInput } from '../../src/scenario/faults.js';
import { folderWith, simulatedService } from '../support/command.js';
import { simulatedConfig } from '../support/simulated-release.js';
import type { Job, Told, WritePoint } from './killed-release.js';
import { openOutsideWorld, type OutsideWorld } from './outside-world.js';
import { methodsOf, serveWorlds } from './world-by-ipc.js';

/** Beside the writes: the moment after the world has taken an effect and before anybody here heard of it. */
export type CrashPoint = WritePoint | { effect: number };

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
  /** Which of the points are tried; left out, every one. */
  choose?: (points: CrashPoint[]) => CrashPoint[];
  stories?: readonly CrashStory[];
  /** Told of every point that is not as it has to be. */
  tell?: (line: string) => void;
  /** Switches off what makes a second effect impossible, to see that the sweep finds it. */
  without?: 'operations' | 'idempotent adapters';
  lanes?: number;
};

export type Swept = { tried: number; rows: number; wrong: string[] };

/** Kills a release with SIGKILL at every point of it, goes on with it in a new workspace, and compares how both ended. */
export const sweepCrashes = async ({
  choose = (points) => points,
  stories = crashStories,
  tell,
  without,
  lanes = 2,
}: SweepOptions = {}): Promise<Swept> => {
  const swept: Swept = { tried: 0, rows: 0, wrong: [] };
  const spare = await spares(lanes);
  for (const story of stories) {
    const whole = await undisturbed(story, spare);
    swept.rows += whole.rows;
    const points = choose(pointsOf(whole));
    const lane = async (): Promise<void> => {
      for (let point = points.shift(); point !== undefined; point = points.shift()) {
        const problems = await tryPoint(story, point, whole, spare, without).catch((error: unknown) => [String(error)]);
        swept.tried += 1;
        for (const problem of problems) {
          const line = `${story.name}, killed ${sayPoint(point)}: ${problem}`;
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
  'effect' in point ? `after effect ${point.effect}` : `${point.when} write ${point.write}`;

type Ended = { end: Record<string, unknown>; effects: string[] };

/** Every row is in one of the writes. */
const pointsOf = ({ writes, effects }: Whole): CrashPoint[] => [
  ...Array.from({ length: writes }, (_, place) => (['before', 'after'] as const).map((when) => ({ write: place + 1, when }))).flat(),
  ...effects.map((_, place) => ({ effect: place + 1 })),
];

type Whole = Ended & { writes: number; rows: number };

const undisturbed = async (story: CrashStory, spare: Spares): Promise<Whole> => {
  const { folder, world } = await scene(story);
  try {
    const child = await spare.take();
    serveWorlds(child, { '': world.ports }, () => false);
    const told = new Promise<Told>((resolve) => child.on('message', (message: Told) => 'kind' in message && resolve(message)));
    child.send(jobOf(folder, world, null));
    const { rows } = await told;
    const workspace = await openWorkspace({ config: join(folder, 'staging.config.json') });
    const ended = await endOf(workspace, world);
    await workspace.close();
    if (ended.end['state'] !== 'ended') throw new Error(`${story.name}: it does not end even when nothing disturbs it`);
    return { ...ended, writes: rows.length, rows: rows.reduce((sum, count) => sum + count, 0) };
  } finally {
    await rm(folder, { recursive: true });
  }
};

const jobOf = (folder: string, { ports }: OutsideWorld, point: WritePoint | null): Job => ({
  ...{ kind: 'job', folder, startsAt: ports.clock.now(), methods: methodsOf(ports), request, id, point },
});

const tryPoint = async (
  story: CrashStory,
  point: CrashPoint,
  whole: Whole,
  spare: Spares,
  without: SweepOptions['without'],
): Promise<string[]> => {
  const { folder, world } = await scene(story, without !== 'idempotent adapters');
  try {
    const child = await spare.take();
    let isLost = false;
    serveWorlds(child, { '': world.ports }, () => {
      if (!isLost && 'effect' in point && world.effects.length >= point.effect) {
        isLost = true;
        child.kill('SIGKILL');
      }
      return isLost;
    });
    const died = once(child, 'exit');
    child.send(jobOf(folder, world, 'effect' in point ? null : point));
    const [code, signal] = (await died) as [number | null, string | null];
    if (signal !== 'SIGKILL') return [`it was not killed there, but ended with ${code ?? signal}`];
    return differences(whole, await goneOn(folder, world, without === 'operations'));
  } finally {
    await rm(folder, { recursive: true });
  }
};

const goneOn = async (folder: string, world: OutsideWorld, forgets: boolean): Promise<Ended> => {
  const workspace = await openActiveWorkspace({
    config: join(folder, 'staging.config.json'),
    ports: world.ports,
    progress: () => undefined,
  });
  try {
    if (forgets) Object.assign(workspace.store, forgetful({ ...workspace.store }));
    const known = (await workspace.store.release(id)) !== null;
    const input = known ? await goOn(workspace, id, await revive(workspace, id)) : begin(request); // nothing was promised before its first row
    await drive(workspace, id, input, () => Promise.resolve(null));
    return await endOf(workspace, world);
  } finally {
    await workspace.close();
  }
};

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

const scene = async ({ faults }: CrashStory, idempotent = true): Promise<{ folder: string; world: OutsideWorld }> => ({
  folder: await folderWith(simulatedService),
  world: openOutsideWorld({ config: simulatedConfig(), faults, idempotent }),
});

/** How a release ended, without what depends on when: what two runs of it must have in common. */
const endOf = async ({ store, config }: Pick<Workspace, 'store' | 'config'>, { ports, effects }: OutsideWorld): Promise<Ended> => {
  const row = await store.release(id);
  if (row === null) return { end: {}, effects: [...effects] };
  const { outcome, events, blackboard, gates, criteria } = await releaseDocument(row, store, config);
  const environments = await Promise.all((['staging', 'production'] as const).map((name) => ports.deployment.status(name)));
  return {
    end: {
      ...{ state: row.state, outcome, environments },
      events: events.map(({ topic, emittedBy }) => `${topic} by ${emittedBy}`).sort(),
      fields: Object.entries(blackboard).flatMap(([name, value]) => (value === null ? [] : [name])),
      verdicts: gates.map((gate) => `${gate.gate} ${gate.outcome}`).sort(),
      criteria: criteria.map(({ criterion, met }) => `${criterion} ${met}`),
      problems: (await verifyRelease(store, row)).problems,
    },
    effects: [...effects],
  };
};

const differences = (whole: Ended, cut: Ended): string[] => {
  const counts = new Map<string, number>();
  for (const effect of standing(cut.effects)) counts.set(effect, (counts.get(effect) ?? 0) + 1);
  for (const effect of standing(whole.effects)) counts.set(effect, (counts.get(effect) ?? 0) - 1);
  const effects = [...counts].flatMap(([effect, more]) =>
    more === 0 ? [] : [more > 0 ? `${more} too many of: ${effect}` : `lost: ${effect}`],
  );
  const ends = Object.entries(whole.end).flatMap(([key, value]) => {
    const [expected, found] = [JSON.stringify(value), JSON.stringify(cut.end[key])];
    return expected === found ? [] : [`${key} is ${difference(found ?? 'missing', expected ?? '')}`];
  });
  return [...effects, ...ends];
};

/** From where on two texts differ. */
const difference = (found: string, expected: string): string => {
  const same = [...expected].findIndex((character, place) => found[place] !== character);
  const from = Math.max(0, same - 40);
  return `…${found.slice(from, from + 120)}… instead of …${expected.slice(from, from + 120)}…`;
};

/** A rollout that was cut off begins again from the stable version, which is in the blue slot: a switch that was taken back before the next effect does not stand. */
const standing = (effects: readonly string[]): string[] => {
  const left: string[] = [];
  for (const effect of effects) {
    const [, environment] = /^switch of (\w+) to blue$/.exec(effect) ?? [];
    const isBack = environment !== undefined && left.at(-1) === `switch of ${environment} to green`;
    if (isBack) left.pop();
    else left.push(effect);
  }
  return left;
};

type Spares = { take: () => Promise<ChildProcess>; close: () => void };

/** Processes that have loaded the program and wait for a job: loading takes longer than what they do. */
const spares = async (count: number): Promise<Spares> => {
  const folder = await (bundled ??= bundle());
  const start = () => {
    const child = fork(join(folder, 'killed.mjs'), {
      ...{ execArgv: [], serialization: 'advanced' as const },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    return { child, ready: once(child, 'message') };
  };
  const waiting = Array.from({ length: count }, start);
  return {
    take: async () => {
      const next = waiting.shift() ?? start();
      waiting.push(start());
      await next.ready;
      return next.child;
    },
    close: () => {
      for (const { child } of waiting) child.kill('SIGKILL');
    },
  };
};

let bundled: Promise<string> | undefined;

/** The program in one file, which loads in a quarter of the time. It lies two folders deep, where its prompts are found. */
const bundle = async (): Promise<string> => {
  const folder = resolve('.staging', 'chaos');
  await build({
    ...{ config: false, entry: { killed: join(import.meta.dirname, 'killed-release.ts') }, outDir: folder, logLevel: 'silent' },
    ...{ format: 'esm', platform: 'node', target: 'node20', dts: false, clean: false, outExtensions: () => ({ js: '.mjs' }) },
    deps: { alwaysBundle: [/./], neverBundle: ['better-sqlite3', 'jiti'], onlyBundle: false },
  });
  return folder;
};
