import { once } from 'node:events';
import { join } from 'node:path';
import { isGraphDrained } from '@langchain/langgraph';
import type { JournalEntry, Store } from '../../src/blackboard/store.js';
import type { ReleaseRequest } from '../../src/catalog/request.js';
import { openOutput } from '../../src/cli/output.js';
import { stoppingOnSignals } from '../../src/cli/signals.js';
import { openCheckpoints } from '../../src/desk/checkpoints.js';
import { begin, drive } from '../../src/desk/drive.js';
import { openWorkspace } from '../../src/desk/workspace.js';
import { createStagingGraph } from '../../src/graph/create.js';
import { worldOfParent, type Methods } from './world-by-ipc.js';

/** Where the process is disturbed: as a write to the journal begins, or once it is done. What one write holds is there whole or not at all. */
export type WritePoint = { write: number; when: 'before' | 'after' };
/** What happens there. */
export type CutName = 'SIGKILL' | 'SIGTERM';
export type Job = {
  kind: 'job';
  folder: string;
  startsAt: number;
  methods: Methods;
  request: ReleaseRequest;
  id: string;
  point: WritePoint | null;
  by: CutName;
  /** Switched off: SIGTERM ends the process at once, as it does where nobody listens. */
  without?: 'drain' | undefined;
};
/** What a process that got to the end says: how many rows each write held. */
export type Told = { kind: 'written'; rows: number[] };

/** The program of a process that takes a release as far as its point, and is cut off there. */
process.once('message', (job: Job) => void run(job).then((code) => process.exit(code)));
process.send?.({ kind: 'ready' });

const run = async ({ folder, startsAt, methods, request, id, point, by, without }: Job): Promise<number> => {
  const ports = worldOfParent(startsAt, methods);
  const opened = await openWorkspace({ config: join(folder, 'staging.config.json') });
  const { store, rows } = disturbedAt(point, by, opened.store);
  const checkpointer = openCheckpoints(join(opened.stateDir, 'checkpoints.db'));
  const graph = createStagingGraph({ config: opened.config, ports, store, checkpointer, simulated: true });
  const workspace = { ...opened, store, ports, graph };
  if (without === 'drain') process.once('SIGTERM', () => process.exit(143));
  const stopping = stoppingOnSignals(workspace, { ...openOutput({ json: false, simulated: true }), say: () => undefined });
  try {
    await drive(workspace, id, begin(request), () => Promise.resolve(null), { control: stopping.control });
  } catch (error) {
    const asked = stopping.asked();
    if (asked === null || !isGraphDrained(error)) throw error;
    return asked.exitCode;
  }
  await new Promise((told) => process.send?.({ kind: 'written', rows } satisfies Told, told));
  return 0;
};

const disturbedAt = (point: WritePoint | null, by: CutName, store: Store): { store: Store; rows: number[] } => {
  const rows: number[] = [];
  const around = async <T>(entries: readonly JournalEntry[], write: () => Promise<T>): Promise<T> => {
    if (entries.length === 0) return write();
    const isHere = rows.length + 1 === point?.write;
    if (isHere && point.when === 'before') await disturb(by);
    rows.push(entries.length);
    const done = await write();
    if (isHere && point.when === 'after') await disturb(by);
    return done;
  };
  const disturbed: Store = {
    ...store,
    append: (release, entries) => around(entries, () => store.append(release, entries)),
    finishOperation: (operation) => around(operation.entries, () => store.finishOperation(operation)),
  };
  return { store: disturbed, rows };
};

/** SIGKILL: no handler runs, nothing is put away. SIGTERM is heard before it goes on. */
const disturb = async (by: CutName): Promise<void> => {
  const heard = once(process, by);
  process.kill(process.pid, by);
  if (by === 'SIGKILL') for (;;);
  await heard;
};
