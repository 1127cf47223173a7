import { HumanMessage } from '@langchain/core/messages';
import { openSqliteStore } from '../../src/blackboard/sqlite-store.js';
import { reason, StagingError } from '../../src/catalog/errors.js';
import { createStagingGraph } from '../../src/graph/create.js';
import type { StagingState } from '../../src/graph/state.js';
import type { FaultInput } from '../../src/scenario/faults.js';
import { openSimulatedPorts, type SimulatedPorts } from '../../src/scenario/simulated-world.js';
import { doorRows } from '../../src/tools/door-rows.js';
import { guardDoors } from '../../src/tools/guard-doors.js';
import type { Ports } from '../../src/tools/ports.js';
import { simulatedConfig } from '../support/simulated-release.js';
import { doorFaultNames, faultyDoorNames, spoil, type DoorFault, type FaultyDoor, type Spoiled } from './faulty-doors.js';
import { questions, type Question } from './door-questions.js';

export type Cell = { door: FaultyDoor; method: string; fault: DoorFault };
export type DoorsSwept = { cells: number; tried: number; wrong: string[] };
export type DoorsOptions = {
  /** Every so-manieth try of all; left out, each. */
  every?: number;
  only?: Partial<Cell>;
  /** Told of every try that is not as it has to be. */
  tell?: (line: string) => void;
};

/** A candidate that deserves production, and two that must never have it. */
const worlds: Record<string, FaultInput[]> = {
  'a good candidate': [],
  'a candidate that fails in staging': [{ kind: 'error_rate', value: 0.08 }],
  'a candidate that fails in production': [{ kind: 'error_rate', at: 'production-promotion-routine', value: 0.08 }],
};
const limits = { quickMs: 30_000, workMs: 600_000 };
const config = simulatedConfig({
  stability: { soakMs: 600_000 },
  maxFixAttempts: 0,
  limits: { maxActiveMinutes: 100_000 },
  doorLimits: limits,
});
const hangsAfterMs = 15_000;

/** Every method of every port x every fault: asked alone, and in whole releases where it is called. */
export const sweepDoors = async ({ every = 1, only = {}, tell }: DoorsOptions = {}): Promise<DoorsSwept> => {
  const swept: DoorsSwept = { cells: 0, tried: 0, wrong: [] };
  const cells = cellsOf(only);
  const tries = (await Promise.all(cells.map(triesOf))).flat().filter((_, place) => place % every === every - 1);
  swept.cells = new Set(tries.map(({ cell }) => `${cell.door}.${cell.method} ${cell.fault}`)).size;
  for (const { cell, name, run } of tries) {
    swept.tried += 1;
    for (const wrong of await run()) {
      const line = `${cell.door}.${cell.method}, ${cell.fault}, ${name}: ${wrong}`;
      swept.wrong.push(line);
      tell?.(line);
    }
  }
  return swept;
};

const cellsOf = (only: Partial<Cell>): Cell[] =>
  faultyDoorNames
    .flatMap((door) => Object.keys(doorRows[door]).flatMap((method) => doorFaultNames.map((fault) => ({ door, method, fault }))))
    .filter((cell) => Object.entries(only).every(([key, value]) => cell[key as keyof Cell] === value));

type Try = { cell: Cell; name: string; run: () => Promise<string[]> };

const triesOf = async (cell: Cell): Promise<Try[]> => {
  const tries: Try[] = [{ cell, name: 'asked alone', run: () => askAlone(cell) }];
  for (const [world, faults] of Object.entries(worlds)) {
    if (!(await calledIn(world)).has(`${cell.door}.${cell.method}`)) continue;
    for (const when of ['once', 'always'] as const)
      tries.push({ cell, name: `${world}, ${when}`, run: () => release({ ...cell, when }, faults) });
  }
  return tries;
};

/** Which methods a release in this world calls when nothing is spoiled. */
const called = new Map<string, Promise<ReadonlySet<string>>>();
const calledIn = (world: string): Promise<ReadonlySet<string>> => {
  const known = called.get(world) ?? watch(worlds[world] ?? []);
  called.set(world, known);
  return known;
};
const watch = async (faults: FaultInput[]): Promise<ReadonlySet<string>> => {
  const seen = new Set<string>();
  const ports = openSimulatedPorts({ config, faults });
  const watched = <T extends object>(door: string, port: T): T =>
    new Proxy(port, {
      get: (target, key) => {
        const found: unknown = Reflect.get(target, key);
        if (typeof found === 'function') seen.add(`${door}.${String(key)}`);
        return found;
      },
    });
  const { deployment, monitoring, testing, source, flags, interventions } = ports;
  await take(
    graphOver(
      {
        ...ports,
        deployment: watched('deployment', deployment),
        monitoring: watched('monitoring', monitoring),
        testing: watched('testing', testing),
        source: watched('source', source),
        flags: watched('flags', flags),
        ...(interventions && { interventions: watched('interventions', interventions) }),
      },
      ports.begins,
    ),
    'begin',
  );
  return seen;
};

// One question, behind the guard.

const askAlone = async (cell: Cell): Promise<string[]> => {
  const question = (questions[cell.door] as Record<string, Question>)[cell.method]; // a question for every row
  if (question === undefined) return ['nobody knows how to ask it'];
  const world = openSimulatedPorts({ config });
  const prepared = await question.prepare(world);
  const { ports } = spoil(world, { ...cell, when: 'always' }, limits.workMs * 2);
  const guarded = guardDoors(ports, config);
  const before = world.clock.now();
  const ended = await Promise.race([
    prepared(guarded).then(
      (answer) => ({ answer }),
      (error: unknown) => ({ error }),
    ),
    realTime(hangsAfterMs).then(() => null),
  ]);
  if (ended === null) return [`no end within ${hangsAfterMs / 1_000} s`];
  const tookMs = world.clock.now() - before;
  const wrong = tookMs > mostMs ? [`it took ${tookMs} ms of the world's time`] : [];
  if ('error' in ended) return [...wrong, ...unexplained(ended.error, cell)];
  if (mustFail.includes(cell.fault)) return [...wrong, `it answered ${JSON.stringify(ended.answer)?.slice(0, 80)}`];
  const honest = await (await question.prepare(openSimulatedPorts({ config })))(world); // of the same shape: the honest world says what that is
  return honest === undefined || typeof honest === typeof ended.answer
    ? wrong
    : [...wrong, `it answered ${typeof ended.answer} where ${typeof honest} is due`];
};

/** Three tries of the longest silence that a fault makes, and the waits between. */
const mostMs = 3 * limits.workMs * 4 + 10_000;
const mustFail: readonly DoorFault[] = ['timeout', 'refused', 'denied', 'lost', 'late'];

const unexplained = (error: unknown, { door, method, fault }: Cell): string[] => {
  if (!(error instanceof StagingError)) return [`it threw something that nobody can act on: ${reason(error)}`];
  const wrong = error.code === 'DEFECT' ? ['it is called a defect of ours'] : [];
  if (fault === 'slow') wrong.push(`an answer in time was refused: ${error.message}`);
  if (!error.message.includes(`${door}.${method}`)) wrong.push(`the message does not say what was asked: ${error.message}`);
  if (error.remedy === '') wrong.push('there is no remedy');
  return wrong;
};

// A whole release, with the fault in it, and then without.

const release = async (spoiled: Spoiled, faults: FaultInput[]): Promise<string[]> => {
  const world = openSimulatedPorts({ config, faults });
  const { ports, damage } = spoil(world, spoiled, limits.workMs * 2);
  const graph = graphOver(ports, world.begins);
  const stuck = spoiled.when === 'always' && spoiled.door === 'deployment' && handsTied.includes(spoiled.method);
  const mayBePromoted = faults.length === 0;
  const wrong: string[] = [];

  const judge = async (end: End, tied: boolean) => {
    if (end === null) return void wrong.push(`no end within ${hangsAfterMs / 1_000} s`);
    const production = await world.deployment.status('production');
    const serving = production.slots.find(({ slot }) => slot === production.activeSlot)?.version ?? null;
    const atCandidate = serving === 'v2.2.0' || production.candidateWeightPercent > 0;
    if (end.outcome === 'promoted' && !mayBePromoted) wrong.push('it was promoted');
    if (end.outcome === 'promoted' && serving !== 'v2.2.0') wrong.push(`it is called promoted, and ${serving} serves`);
    if (end.outcome !== 'promoted' && atCandidate && !mayBePromoted && !tied)
      wrong.push('the candidate was left with traffic of production');
    if (end.outcome === null && !tells(end.why, spoiled)) wrong.push(`the message does not explain it: ${end.why}`);
    if (end.outcome !== null && end.why === '') wrong.push(`it ended as ${end.outcome}, and nothing says why`);
  };

  let end = await take(graph, 'begin');
  await judge(end, stuck);
  damage.repaired = true;
  for (let time = 0; time < 3 && end !== null && end.outcome === null; time += 1) end = await take(graph, 'go on');
  if (end?.outcome === null) wrong.push(`repaired and resumed, it does not end: ${end.why}`);
  else await judge(end, false);
  return [...new Set(wrong)];
};

/** Nobody can move traffic, or see it, through a door that never does; it is said, and mended with the door. */
const handsTied = ['setWeight', 'switchActive', 'status', 'dataHold'];

/** How it stands: an outcome, or none and why it stopped. null: it hangs. */
type End = { outcome: StagingState['outcome']; why: string } | null;
type Graph = ReturnType<typeof graphOver>;

const graphOver = (ports: Ports, begins: SimulatedPorts['begins']) =>
  createStagingGraph({
    ...{ config, ports, store: openSqliteStore(':memory:'), simulated: true, nonce: 'nonce', inTurn: true },
    progress: ({ kind, routine }) => kind === 'started' && begins(routine),
  });

const request = {
  ...{ service: 'storefront', version: 'v2.2.0', features: ['wishlist'], target: 'production' as const, preApprovedBy: 'owner' },
  text: 'ship storefront v2.2.0 with wishlist to staging, promote it if it is healthy',
};

const take = async (graph: Graph, how: 'begin' | 'go on'): Promise<End> => {
  const input = how === 'begin' ? { request, messages: [new HumanMessage(request.text)] } : { halt: null };
  const running = graph.invoke(input, { configurable: { thread_id: 'release-1' }, recursionLimit: 1_000 }).then(
    (state): End => {
      const { outcome, outcomeReason, halt } = state as StagingState;
      return halt === null ? { outcome, why: outcomeReason } : { outcome: null, why: halt.reason };
    },
    (error: unknown): End => ({ outcome: null, why: `thrown: ${reason(error)}` }),
  );
  return Promise.race([running, realTime(hangsAfterMs).then((): End => null)]);
};

const realTime = (ms: number) => new Promise<void>((done) => setTimeout(done, ms).unref());

/** An error that a person reads says which door, or which environment, and what to do. */
const tells = (why: string, { door, method }: Spoiled): boolean =>
  !why.startsWith('thrown: ') &&
  why.startsWith('Failed to ') &&
  (why.includes(`${door}.${method}`) || /^Failed to (switch|send the traffic of) (staging|production)/.test(why)) &&
  why.includes('resume');
