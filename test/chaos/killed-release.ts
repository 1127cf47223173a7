import { join } from 'node:path';
import { isGraphDrained, RunControl } from '@langchain/langgraph';
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite';
import type { JournalEntry, Store } from '../../src/blackboard/store.js';
import type { ReleaseRequest } from '../../src/catalog/request.js';
import { begin, drive } from '../../src/desk/drive.js';
import { openWorkspace } from '../../src/desk/workspace.js';
import { createStagingGraph } from '../../src/graph/create.js';
import { requestStop } from '../../src/graph/stopping.js';
import { worldOfParent } from './world-by-ipc.js';

/** Where the process dies: as a write to the journal begins, or once it is done. What one write holds is there whole or not at all. */
export type WritePoint = {
  write: number;
  when: 'before' | 'after';
  /** SIGTERM: it is asked to end, and may finish what it has begun. */ by?: 'SIGTERM';
};
export type Job = { kind: 'job'; folder: string; startsAt: number; request: ReleaseRequest; id: string; point: WritePoint | null };
/** What a process that got to the end says: how many rows each write held. */
export type Told = { kind: 'written'; rows: number[] };

/** The program of a process that takes a release as far as its point, and is killed there: no handler runs, nothing is put away. */
process.once('message', (job: Job) => void run(job).then(() => process.exit(0)));
process.send?.({ kind: 'ready' });

const run = async ({ folder, startsAt, request, id, point }: Job): Promise<void> => {
  const ports = worldOfParent(startsAt);
  const opened = await openWorkspace({ config: join(folder, 'staging.config.json') });
  const { store, rows } = dyingAt(point, opened.store);
  const checkpointer = SqliteSaver.fromConnString(join(opened.stateDir, 'checkpoints.db'));
  const graph = createStagingGraph({ config: opened.config, ports, store, checkpointer, simulated: true });
  const control = new RunControl();
  process.once('SIGTERM', () => requestStop(control));
  await drive({ ...opened, store, ports, graph }, id, begin(request), () => Promise.resolve(null), { control }).catch((error: unknown) => {
    if (!isGraphDrained(error)) throw error;
    process.exit(drained);
  });
  await new Promise((told) => process.send?.({ kind: 'written', rows } satisfies Told, told));
};

const dyingAt = (point: WritePoint | null, store: Store): { store: Store; rows: number[] } => {
  const rows: number[] = [];
  const around = async <T>(entries: readonly JournalEntry[], write: () => Promise<T>): Promise<T> => {
    if (entries.length === 0) return write();
    const isHere = rows.length + 1 === point?.write;
    if (isHere && point.when === 'before') die(point.by);
    rows.push(entries.length);
    const done = await write();
    if (isHere && point.when === 'after') die(point.by);
    return done;
  };
  const dying: Store = {
    ...store,
    append: (release, entries) => around(entries, () => store.append(release, entries)),
    finishOperation: (operation) => around(operation.entries, () => store.finishOperation(operation)),
  };
  return { store: dying, rows };
};

/** The code of a process that has come to its end as it was asked to. */
export const drained = 143;

const die = (by?: 'SIGTERM'): void => {
  if (by !== undefined) return void process.kill(process.pid, by);
  process.kill(process.pid, 'SIGKILL');
  for (;;);
};
