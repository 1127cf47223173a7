import { Command, isGraphDrained, RunControl } from '@langchain/langgraph';
import type { Progress } from '../agents/routine-context.js';
import { explainError, StagingError } from '../catalog/errors.js';
import type { ReleaseRow } from '../blackboard/store.js';
import type { ApprovalQuestion } from '../graph/approval-question.js';
import type { StagingState } from '../graph/state.js';
import { requestStop } from '../graph/stopping.js';
import type { EventLog } from './event-log.js';
import { begin, drive, goOn, mark, revive, type Input } from './drive.js';
import { endByPerson } from './end-by-person.js';
import { goBack } from './go-back.js';
import { sayStanding } from './journal-event.js';
import type { Ending, ReleaseLine } from './line-contract.js';
import type { ActiveWorkspace } from './active-workspace.js';

/** `caller` is who a credential says goes on with it, where one does. */
type Turn = { id: string; from: 'begin' | 'go on'; input: (state: StagingState) => Input | Promise<Input>; caller?: string | undefined };
type Acting = { id: string; control: RunControl; abort: AbortController };

/**
 * The releases of one state directory in front of one pair of environments: one acts at a time, and the next in the queue begins when
 * none is under way or waiting. Everything that must outlive the process is a row of the store; here is only what can be asked again.
 */
export const openReleaseLine = (workspace: ActiveWorkspace, log: EventLog): LocalLine => {
  const { store, ports } = workspace;
  const turns: Turn[] = [];
  const queued = new Set<string>();
  const questions = new Map<string, ApprovalQuestion>();
  /** Carried out as soon as the step that a release is at has ended. */
  const endings = new Map<string, Ending>();
  let waiters: { id: string; resolve: () => void }[] = [];
  let acting: Acting | null = null;
  /** Whose turn it is, from before its first step until all is said. */
  let inHand: string | null = null;
  let inPlace: string | null = null;
  let soaking = false;
  let closed = false;
  let working: Promise<void> = Promise.resolve();

  const tell = (release: string, text: string): void =>
    log.tell({ at: ports.clock.now(), release, kind: 'state', agent: 'desk', routine: null, text });

  const tellStanding = async (id: string): Promise<void> => {
    const row = await store.release(id);
    if (row !== null) tell(id, sayStanding(row));
  };

  const isBusy = (id: string): boolean => !closed && (inHand === id || turns.some((turn) => turn.id === id) || queued.has(id));

  const settleWaiters = (): void => {
    const done = waiters.filter(({ id }) => !isBusy(id));
    waiters = waiters.filter((one) => !done.includes(one));
    done.forEach(({ resolve }) => resolve());
  };

  /** The next turn: what was asked for first, else the oldest request in the queue once nothing has the environments. */
  const nextTurn = async (): Promise<Turn | undefined> => {
    if (closed) return undefined;
    const asked = turns.shift();
    inHand = asked?.id ?? null;
    if (asked !== undefined) return asked;
    const rows = await store.releases();
    if (rows.some((row) => row.state === 'running' || row.state === 'waiting')) return undefined;
    const next = rows.findLast((row) => queued.has(row.id));
    return next && { id: next.id, from: 'begin', input: () => begin(next.request) };
  };

  const work = async (begun: () => void): Promise<void> => {
    for (let turn = await nextTurn(); turn !== undefined; turn = await nextTurn()) {
      await take(turn, begun);
      inHand = null;
      settleWaiters();
    }
  };

  /** Resolves when what can begin now has begun. */
  const pump = (): Promise<void> =>
    acting !== null
      ? Promise.resolve() // the loop that is on comes to it
      : new Promise((begun) => {
          working = working
            .then(() => work(begun))
            .catch((error: unknown) => {
              tell(inHand ?? '', `cannot go on: ${explainError(error)}`); // the store takes nothing any more: `resume` tries again
              inHand = null;
              settleWaiters();
            })
            .finally(begun);
        });

  const take = async ({ id, from, input, caller }: Turn, begun: () => void): Promise<void> => {
    if (!queued.has(id) && from === 'begin') return; // a person has ended it meanwhile
    inHand = id;
    queued.delete(id);
    const brakes = { control: new RunControl(), abort: new AbortController() };
    acting = { id, ...brakes };
    soaking = false;
    questions.delete(id);
    try {
      await mark(workspace, id, { state: 'running', outcome: null, reason: '' });
      tell(id, from === 'begin' ? 'begins' : 'goes on');
      begun();
      const state = await stateOf(id, from);
      inPlace = id;
      const stop = await drive(workspace, id, await input(state), () => Promise.resolve(null), {
        control: brakes.control,
        signal: brakes.abort.signal,
        ...(caller !== undefined && { caller }),
      });
      if (stop.kind === 'waiting') questions.set(id, stop.question);
    } catch (error) {
      if (!isGraphDrained(error) && !closed)
        await mark(workspace, id, { state: 'waiting', outcome: 'errored', reason: explainError(error) });
    } finally {
      acting = null;
    }
    if (closed) return;
    await endAsAsked(id);
    await tellStanding(id);
  };

  const stateOf = async (id: string, from: Turn['from']): Promise<StagingState> => {
    if (from === 'begin') return {} as StagingState; // nothing of it is read
    if (inPlace !== id) return revive(workspace, id);
    const snapshot = await workspace.graph.getState({ configurable: { thread_id: id } });
    return snapshot.values as StagingState; // the graph's own state
  };

  const endAsAsked = async (id: string): Promise<void> => {
    const ending = endings.get(id);
    endings.delete(id);
    const row = await store.release(id);
    if (ending === undefined || row === null) return;
    if (row.state !== 'ended') turns.unshift({ id, from: 'go on', input: (state) => endByPerson(workspace, id, state, ending.reason) });
    else if (ending.rollBack && row.outcome === 'promoted') await promotedBack(id, ending);
  };

  const promotedBack = async (id: string, { by, reason }: Ending): Promise<void> => {
    const { stayed } = await goBack(workspace, id, by, reason);
    tell(id, ['rolled_back', reason, ...stayed].join('. '));
  };

  const takeUp = (turn: Turn): Promise<void> => {
    questions.delete(turn.id); // answered or asked again: no second answer to the same question
    turns.push(turn);
    void pump();
    return Promise.resolve();
  };

  return {
    /** What `progress` tells is about the release that acts. */
    progress: (progress: Progress): void => {
      if (acting === null) return;
      soaking = progress.kind === 'wait';
      log.tell({ ...progress, release: acting.id });
    },
    isBusy: (id) => Promise.resolve(isBusy(id)),
    isFree: async (): Promise<boolean> =>
      acting === null && turns.length === 0 && (await store.releases()).every((row) => row.state === 'ended'),
    isSoaking: (id) => Promise.resolve(soaking && acting?.id === id),
    question: (id) => Promise.resolve(questions.get(id) ?? null),
    enqueue: async (row: ReleaseRow): Promise<void> => {
      await store.saveRelease(row);
      const key = 'queued';
      await store.append(row.id, [
        { key, at: row.createdAt, agent: 'desk', routine: '', kind: 'note', name: key, value: { by: row.request.requestedBy ?? '' } },
      ]);
      queued.add(row.id);
      tell(row.id, 'queued');
      await pump();
    },
    answer: (id, resume, caller) =>
      questions.has(id)
        ? takeUp({ id, from: 'go on', input: () => new Command({ resume }), caller })
        : Promise.reject(new StagingError('NOT_WAITING', `Failed to answer: release ${id} is not waiting for an approval.`)),
    resume: (id) => takeUp({ id, from: 'go on', input: () => goOn(workspace, id) }),
    /** What a process that died has left goes on from its checkpoint, and an approval that was open is asked again. */
    pickUp: async (): Promise<string[]> => {
      const rows = (await store.releases()).reverse();
      const left = rows.filter((row) => row.state === 'running' || (row.state === 'waiting' && row.outcome === null));
      for (const { id } of rows.filter((row) => row.state === 'queued')) queued.add(id);
      for (const { id } of left) turns.push({ id, from: 'go on', input: () => goOn(workspace, id) });
      void pump();
      return left.map(({ id }) => id);
    },
    end: async (id: string, ending: Ending): Promise<void> => {
      if (queued.delete(id)) {
        await mark(workspace, id, { state: 'ended', outcome: 'stopped', reason: ending.reason });
        tell(id, `ended: ${ending.reason}`);
        settleWaiters();
        return;
      }
      const row = await store.release(id);
      if (row?.state === 'ended') return promotedBack(id, ending);
      if (acting?.id !== id) {
        turns.unshift({ id, from: 'go on', input: (state) => endByPerson(workspace, id, state, ending.reason) });
        return pump();
      }
      endings.set(id, ending);
      acting.control.requestDrain(ending.reason);
      const word = { kind: 'person' as const, by: ending.by, at: ports.clock.now(), reason: ending.reason };
      await ports.interventions?.ask({ ...word, environment: null, release: id });
    },
    settled: (id: string): Promise<void> => (isBusy(id) ? new Promise((resolve) => waiters.push({ id, resolve })) : Promise.resolve()),
    /** What has begun is finished, or cut off after a while: the row stays as it is, and the next process goes on from its checkpoint. */
    close: async (): Promise<void> => {
      closed = true;
      if (acting !== null) requestStop(acting.control);
      const overdue = setTimeout(() => acting?.abort.abort(), workspace.config.doorLimits.finishMs);
      await working;
      clearTimeout(overdue);
      settleWaiters();
    },
  };
};

/** `progress` is what the graph of this very process tells. */
export type LocalLine = ReleaseLine & { progress: (progress: Progress) => void };
