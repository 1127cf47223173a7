import { setMaxListeners } from 'node:events';
import type { Progress } from '../../agents/routine-context.js';
import type { Fence } from '../../blackboard/leases.js';
import { redactingStore } from '../../blackboard/redacting-store.js';
import { openPostgresStore } from '../../blackboard/postgres-store.js';
import type { Store } from '../../blackboard/store.js';
import { explainError } from '../../catalog/errors.js';
import { sayStanding } from '../journal-event.js';
import { createStagingGraph } from '../../graph/create.js';
import { guardDoors } from '../../tools/guard-doors.js';
import type { Ports } from '../../tools/ports.js';
import type { ActiveWorkspace } from '../active-workspace.js';
import type { Workspace } from '../workspace.js';
import { keepNewest, openSharedCheckpoints, prepareCheckpoints } from './checkpoints.js';
import type { SharedDatabase } from './database.js';
import { sharedInterventions } from './interventions.js';
import { openTenure, type Tenure } from './tenure.js';
import { msUntil, takeTurn, type Turned } from './turn.js';
import { openWakeUps } from './wake-ups.js';

/** A pair of environments that a worker can reach: its doors, and the name that its line has in the database. */
export type Reached = {
  environment: string;
  workspace: Omit<Workspace, 'store' | 'close' | 'shared'>;
  ports: Ports;
  model: string;
  simulated: boolean;
  /** Whether this worker is the one that reaches it now; left out, it always is. */
  isHere?: () => boolean;
};

export type WorkerOptions = {
  database: SharedDatabase;
  reached: readonly Reached[];
  /** Its name in the leases. */
  holder: string;
  /** A worker that gives no sign for so long has lost its lease. */
  leaseMs?: number;
  /** How many releases it takes at a time. */
  atOnce?: number;
  told: {
    progress: (release: string, progress: Progress) => void;
    /** Where a release stands now. */
    state: (release: string, text: string) => void;
    /** What keeps the worker from its work. */
    say: (line: string) => void;
  };
};

export type StagingWorker = {
  /** Takes no further release; what has begun is finished, or cut off after a while, and any worker goes on from there. */
  close: () => Promise<void>;
};

/**
 * Goes on with releases as long as it is open: those that are asked for, those whose sleep is over, and those that a worker has left that
 * gave no sign any more. Throws DATABASE_PACKAGES_MISSING, DATABASE_UNREACHABLE.
 */
export const startWorker = async (options: WorkerOptions): Promise<StagingWorker> => {
  const { database, reached, told, leaseMs = 15_000, atOnce = 4 } = options;
  const byName = new Map(reached.map((one) => [one.environment, one]));
  const names = [...byName.keys()];
  await prepareCheckpoints(database);
  const wakeUps = await openWakeUps(database.postgres, { works: true });
  const stopping = new AbortController();
  const stopped = new AbortController();
  const waiting = new Set<string>();
  const acting = new Map<string, Promise<void>>();
  const tenures = new Map<string, Tenure>();

  const pump = (): void => {
    for (const name of waiting) {
      if (stopping.signal.aborted || acting.size >= atOnce) return;
      const one = byName.get(name);
      if (one === undefined || acting.has(name) || one.isHere?.() === false) continue;
      waiting.delete(name);
      acting.set(
        name,
        attend(one, { ...options, leaseMs, wake: wakeUps.wake, tenures, stopping: stopping.signal, stopped: stopped.signal })
          .catch((error: unknown) => told.say(`${name}: ${explainError(error)}`)) // whoever looks for the unattended comes to it again
          .finally(() => {
            acting.delete(name);
            pump();
          }),
      );
    }
  };
  const call = (name: string): void => {
    waiting.add(name);
    pump();
  };

  await wakeUps.answer(names, call);
  const look = async (): Promise<void> => (await database.line.unattended(names)).forEach(call);
  const looking = setInterval(() => void look().catch(() => undefined), leaseMs / 3); // a database that is away is asked again
  await look();
  return {
    close: async () => {
      clearInterval(looking);
      stopping.abort();
      const finishMs = Math.max(...reached.map(({ workspace }) => workspace.config.doorLimits.finishMs));
      const overdue = setTimeout(() => stopped.abort(), finishMs);
      await Promise.all(acting.values());
      clearTimeout(overdue);
      for (const tenure of tenures.values()) tenure.end();
      await wakeUps.close();
    },
  };
};

type Attending = WorkerOptions & {
  leaseMs: number;
  wake: (environment: string, afterMs?: number) => Promise<void>;
  /** Nothing new is to begin; and then: what is under way is cut off. */
  stopping: AbortSignal;
  stopped: AbortSignal;
  /** What the newest turn in each environment may do there, also when it is over. */
  tenures: Map<string, Tenure>;
};

/** Goes on with whoever is first in the line, then with the next, until nothing is to do there now. */
const attend = async (reached: Reached, by: Attending): Promise<void> => {
  const { environment, ports } = reached;
  const { line, leases } = by.database;
  while (!by.stopping.aborted) {
    const duty = await line.duty(environment);
    if (duty?.dueAt == null || msUntil(duty.dueAt, ports.clock) > 0) return;
    const fence = await leases.take({ environment, release: duty.release, holder: by.holder, ms: by.leaseMs });
    if (fence === null) return; // another worker is at it
    by.told.state(duty.release, `${by.holder} goes on with it`);
    const { turned, tenure } = await withLease(fence, by, (lost) => turnOf(reached, { fence, id: duty.release, lost }, by));
    const row = await openPostgresStore(by.database.postgres).release(duty.release);
    if (row !== null) by.told.state(duty.release, sayStanding(row));
    const { release, wakeAt } = turned;
    const ended = release === 'ended';
    tenure.outlast(ended);
    await leases.letGo(fence, { ended });
    if (ended) await line.leave(duty.release);
    if (wakeAt !== null) await by.wake(environment, msUntil(wakeAt, ports.clock));
    if (!ended) return;
  }
};

/** Keeps the lease while the work is on, and ends the work where it is lost. What broke leaves the release to whoever comes next. */
const withLease = async <T>(
  fence: Fence,
  { database, leaseMs, stopped }: Attending,
  work: (lost: AbortSignal) => Promise<T>,
): Promise<T> => {
  const lost = new AbortController();
  setMaxListeners(0, lost.signal); // every step of a graph listens to it
  const lose = (): void => lost.abort();
  stopped.addEventListener('abort', lose, { once: true });
  const renewing = setInterval(() => {
    void database.leases.renew(fence, leaseMs).then((held) => held || lose(), lose);
  }, leaseMs / 3);
  try {
    return await work(lost.signal);
  } catch (error) {
    await database.leases.letGo(fence, { ended: false }).catch(() => undefined); // it runs out by itself
    throw error;
  } finally {
    clearInterval(renewing);
    stopped.removeEventListener('abort', lose);
  }
};

type Given = { fence: Fence; id: string; lost: AbortSignal };

const turnOf = async (reached: Reached, { fence, id, lost }: Given, by: Attending): Promise<{ turned: Turned; tenure: Tenure }> => {
  const { environment, workspace, ports, model, simulated } = reached;
  const { database, told, holder, leaseMs, tenures } = by;
  const tenure = openTenure({ leases: database.leases, fence, release: id, holder, leaseMs, lost });
  tenures.get(environment)?.end();
  tenures.set(environment, tenure);
  const fenced = redactingStore(openPostgresStore(database.postgres, fence));
  const store: Store = { ...fenced, append: (...entry) => tenure.permitAfter().then(() => fenced.append(...entry)) };
  const clock = tenure.clockOf(ports.clock);
  const own = { ...ports, clock, interventions: sharedInterventions(database.postgres, environment, clock) };
  const doors = guardDoors(own, workspace.config, tenure.permit);
  const graph = createStagingGraph({
    ...{ config: workspace.config, ports: doors, store, model, simulated, soakAsleep: true },
    checkpointer: await openSharedCheckpoints(database.pool, fence),
    progress: (progress) => told.progress(id, progress),
  });
  const active: ActiveWorkspace = { ...workspace, shared: database, store, ports: doors, graph, close: () => Promise.resolve() };
  try {
    const turned = await takeTurn({ database, fence, workspace: active, id, lost, stopping: by.stopping });
    await keepNewest(database, id, fence);
    return { turned, tenure };
  } catch (error) {
    tenure.end();
    throw error;
  }
};
