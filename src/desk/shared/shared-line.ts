import { setTimeout as pause } from 'node:timers/promises';
import type { ApprovalQuestion } from '../../graph/approval-question.js';
import type { EventLog } from '../event-log.js';
import type { ReleaseLine } from '../line-contract.js';
import type { ActiveWorkspace } from '../active-workspace.js';
import type { SharedDatabase } from './database.js';
import type { Move } from './move.js';
import { hearNews } from './news.js';
import { movesOf } from './turn.js';
import { openWakeUps } from './wake-ups.js';

/** How often a release that somebody waits for is looked at. */
const lookEveryMs = 300;

/** The line of releases in a database, seen from a process that takes none through: what is asked for here is done by a worker. */
export const openSharedLine = async (
  { store, ports }: ActiveWorkspace,
  database: SharedDatabase,
  environment: string,
  log: EventLog,
): Promise<ReleaseLine> => {
  const { line } = database;
  const wakeUps = await openWakeUps(database.postgres, { works: false });
  const stopHearing = hearNews(database.pool, (news) => log.tell(news));
  let closed = false;

  const ask = async (id: string, move: Move): Promise<void> => {
    await line.ask(id, move);
    await line.join(id, environment);
    await wakeUps.wake(environment);
  };
  const isSoaking = async (id: string): Promise<boolean> => (await line.waitOf(id))?.kind === 'soak';
  /** A worker that is about to say what it waits for, or goes on from there, is busy too. */
  const isBusy = async (id: string): Promise<boolean> => {
    if ((await movesOf(database, id)).length > 0) return true;
    const row = await store.release(id);
    if (row?.state !== 'waiting') return row?.state === 'queued' || row?.state === 'running';
    const wait = await line.waitOf(id);
    return wait === null ? row.outcome === null : wait.kind === 'soak';
  };
  return {
    isBusy,
    isFree: async () => (await line.places()).every((place) => place.environment !== environment),
    isSoaking,
    question: async (id) => {
      const wait = await line.waitOf(id);
      const answered = (await movesOf(database, id)).some(({ move }) => move.kind === 'answer'); // no second answer to the same question
      return wait?.kind === 'approval' && !answered ? (wait.question as ApprovalQuestion) : null; // the graph's own
    },
    enqueue: async (row) => {
      await store.saveRelease(row);
      const note = { at: row.createdAt, agent: 'desk', routine: '', kind: 'note' as const };
      await store.append(row.id, [{ ...note, key: 'queued', name: 'queued', value: { by: row.request.requestedBy ?? '' } }]);
      await line.join(row.id, environment);
      log.tell({ at: row.createdAt, release: row.id, kind: 'state', agent: 'desk', routine: null, text: 'queued' });
      await wakeUps.wake(environment);
    },
    answer: (id, answer, caller) => ask(id, { kind: 'answer', answer, caller: caller ?? null }),
    resume: (id) => ask(id, { kind: 'resume' }),
    pickUp: () => Promise.resolve([]), // workers do
    end: async (id, { by, reason }) => {
      if (await line.cancel(id, reason, ports.clock.now())) return;
      const word = { kind: 'person' as const, by, at: ports.clock.now(), reason };
      await ports.interventions?.ask({ ...word, environment: null, release: id });
      await ask(id, { kind: 'end', by, reason });
    },
    settled: async (id) => {
      while (!closed && (await isBusy(id))) await pause(lookEveryMs);
    },
    close: async () => {
      closed = true;
      stopHearing();
      await wakeUps.close();
    },
  };
};
