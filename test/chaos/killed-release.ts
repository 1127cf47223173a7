import { once } from 'node:events';
import { join } from 'node:path';
import { isGraphDrained } from '@langchain/langgraph';
import Database from 'better-sqlite3';
import type { Store } from '../../src/blackboard/store.js';
import type { ReleaseRequest } from '../../src/catalog/request.js';
import { openOutput } from '../../src/cli/output.js';
import { stoppingOnSignals } from '../../src/cli/signals.js';
import { openCheckpoints } from '../../src/desk/checkpoints.js';
import { begin, drive } from '../../src/desk/drive.js';
import { createEventLog } from '../../src/desk/event-log.js';
import { openWorkspace } from '../../src/desk/workspace.js';
import { StagingError } from '../../src/catalog/errors.js';
import { createStagingGraph } from '../../src/graph/create.js';
import { notifyFrom } from './receiver.js';
import { worldOfParent, type Methods } from './world-by-ipc.js';

/** Where the process is disturbed: as a write to the journal begins, or once it is done. What one write holds is there whole or not at all. */
export type WritePoint = { write: number; when: 'before' | 'after' };
/** What happens there. The clock is set while nobody runs: a process keeps its own. */
export type CutName = 'SIGKILL' | 'SIGTERM' | 'full disk' | 'clock forward' | 'clock back';
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
/** What a process says that got to the end, where `rows` is how many rows each write held, or that stopped before it. */
export type Told = { kind: 'written'; rows: number[] } | { kind: 'stopped'; code: string; reason: string };

/** The SQLite files of this process: their journal, evidence and checkpoints. */
const opened = new Set<Database.Database>();
const prepare = Object.getOwnPropertyDescriptor(Database.prototype, 'prepare')?.value as Database.Database['prepare'];
Database.prototype.prepare = function (this: Database.Database, source: string) {
  opened.add(this);
  return prepare.call(this, source) as never; // the very statement
};

/** The program of a process that takes a release as far as its point, and is cut off there. */
process.once('message', (job: Job) => void run(job).then((code) => process.exit(code)));
process.send?.({ kind: 'ready' });

const run = async ({ folder, startsAt, methods, request, id, point, by, without }: Job): Promise<number> => {
  const ports = worldOfParent(startsAt, methods);
  const opened = await openWorkspace({ config: join(folder, 'staging.config.json') });
  const { store, rows } = disturbedAt(point, by, opened.store);
  const checkpointer = openCheckpoints(join(opened.stateDir, 'checkpoints.db'));
  const log = createEventLog({ first: 1 });
  const notifying = notifyFrom(opened, log.follow);
  await notifying.sent(); // from here on it has its place in the journal
  const graph = createStagingGraph({
    ...{ config: opened.config, ports, store, checkpointer, simulated: true },
    progress: (progress) => log.tell({ ...progress, release: id }),
  });
  const workspace = { ...opened, store, ports, graph };
  if (without === 'drain') process.once('SIGTERM', () => process.exit(143));
  const stopping = stoppingOnSignals(workspace, { ...openOutput({ json: false, simulated: true }), say: () => undefined });
  try {
    const stop = await drive(workspace, id, begin(request), () => Promise.resolve(null), { control: stopping.control });
    await tell(stop.kind === 'halted' ? { kind: 'stopped', code: stop.code, reason: stop.reason } : { kind: 'written', rows });
    return 0;
  } catch (error) {
    const asked = stopping.asked();
    if (asked !== null && isGraphDrained(error)) return asked.exitCode;
    if (!(error instanceof StagingError)) throw error;
    await tell({ kind: 'stopped', code: error.code, reason: error.message });
    return error.exitCode;
  }
};

const tell = (told: Told): Promise<unknown> => new Promise((done) => process.send?.(told, done));

const disturbedAt = (point: WritePoint | null, by: CutName, store: Store): { store: Store; rows: number[] } => {
  const rows: number[] = [];
  const around = async <T>(entries: readonly object[], write: () => Promise<T>): Promise<T> => {
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
    saveRelease: (row) => around([row], () => store.saveRelease(row)), // what changes of it is a row
    append: (release, entries) => around(entries, () => store.append(release, entries)),
    finishOperation: (operation) => around(operation.entries, () => store.finishOperation(operation)),
  };
  return { store: disturbed, rows };
};

/**
 * SIGKILL: no handler runs, nothing is put away. SIGTERM is heard before it goes on. A full disk takes nothing from here on that does not
 * fit into the pages that the files have.
 */
const disturb = async (by: CutName): Promise<void> => {
  if (by === 'full disk') {
    for (const db of opened) db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true }))}`);
    return;
  }
  const signal = by === 'SIGTERM' ? by : 'SIGKILL';
  const heard = once(process, signal);
  process.kill(process.pid, signal);
  if (signal === 'SIGKILL') for (;;);
  await heard;
};
