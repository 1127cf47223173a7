import { Command, isGraphDrained, RunControl } from '@langchain/langgraph';
import type { Fence } from '../../blackboard/leases.js';
import type { ReleaseRow } from '../../blackboard/store.js';
import { explainError, StagingError } from '../../catalog/errors.js';
import type { StagingState } from '../../graph/state.js';
import { passing } from '../../graph/halt.js';
import { isStopping, requestStop } from '../../graph/stopping.js';
import { begin, drive, goOn, mark, revive, type Input, type Stop } from '../drive.js';
import { endByPerson } from '../end-by-person.js';
import { goBack } from '../go-back.js';
import type { Clock } from '../../tools/ports.js';
import type { ActiveWorkspace } from '../active-workspace.js';
import type { SharedDatabase } from './database.js';
import { moveSchema, type Asked } from './move.js';

type Turn = { database: SharedDatabase; fence: Fence; workspace: ActiveWorkspace; id: string; lost: AbortSignal; stopping: AbortSignal };

/** How a turn ended: `left` is not through, and somebody has to go on with it later. */
export type Turned = { release: 'ended' | 'left'; wakeAt: number | null };

/**
 * Takes a release as far as it goes now: begins it, goes on where a worker has left it, wakes it from its sleep, carries out what people
 * have asked for. Throws LEASE_LOST and DATABASE_UNREACHABLE, which leave it to the next turn; for what else breaks it waits for a person.
 */
export const takeTurn = async (turn: Turn): Promise<Turned> => {
  const { workspace, database, fence, id } = turn;
  for (;;) {
    const row = await workspace.store.release(id);
    const [asked] = await movesOf(database, id);
    if (row === null || (row.state === 'ended' && asked === undefined)) return { release: 'ended', wakeAt: null };
    const stop = await step(turn, row, asked).catch(async (error: unknown) => {
      if (turn.lost.aborted) throw new StagingError('LEASE_LOST', `Failed to go on with release ${id}: another worker may have it by now.`);
      if (error instanceof StagingError && passing.includes(error.code)) throw error;
      if (row.state !== 'ended') await mark(workspace, id, { state: 'waiting', outcome: 'errored', reason: explainError(error) });
      return 'again' as const;
    });
    if (stop === 'stopped') return { release: 'left', wakeAt: null }; // what was asked for is asked of the next worker as well
    if (asked !== undefined) await database.line.carriedOut(asked.place, fence);
    if (stop === 'again') continue;
    if (stop?.kind === 'waiting') await database.line.wait(id, { kind: 'approval', question: stop.question }, fence);
    if (stop?.kind === 'asleep') return asleep(turn, stop);
    if (stop === null && asked === undefined) return { release: 'left', wakeAt: null };
  }
};

/** One way on: how far it got; null where there was nothing to do, `again` where it has to be looked at anew, `stopped` where the worker is to end. */
const step = async (turn: Turn, row: ReleaseRow, asked: Asked | undefined): Promise<Stop | 'again' | 'stopped' | null> => {
  const { workspace, database, fence, id } = turn;
  if (row.state === 'ended') return afterItsEnd(turn, row, asked);
  if (row.state === 'queued' && !(await database.line.begin(id, workspace.ports.clock.now(), fence))) return 'again'; // a person has taken it out of the line
  const input = await inputOf(turn, row, row.state === 'queued' ? null : await revive(workspace, id), asked);
  if (input === 'nothing') return null;
  await database.line.wait(id, null, fence);
  await mark(workspace, id, { state: 'running', outcome: null, reason: '' });
  return driven(turn, input, asked);
};

export const movesOf = async ({ line }: SharedDatabase, id: string): Promise<Asked[]> =>
  (await line.asked(id)).map(({ place, move }) => ({ place, move: moveSchema.parse(move) }));

/** What it goes on with, where there is something to do now. What was carried out by a worker that died before it could say so is not done again. */
const inputOf = async (
  { workspace, database, id }: Turn,
  row: ReleaseRow,
  state: StagingState | null,
  asked: Asked | undefined,
): Promise<Input | 'nothing'> => {
  if (state === null) return begin(row.request);
  const isAtWork = row.state === 'running';
  switch (asked?.move.kind) {
    case 'answer':
      return state.waiting?.kind === 'approval' ? new Command({ resume: asked.move.answer }) : isAtWork ? goOn(workspace, id) : 'nothing';
    case 'end':
      return isEnding(state) ? goOn(workspace, id) : endByPerson(workspace, id, state, asked.move.reason);
    case 'resume':
      return goOn(workspace, id);
    case undefined:
      return isAtWork || (await isDue(workspace, database, row, state)) ? goOn(workspace, id) : 'nothing';
  }
};

const isEnding = ({ events }: StagingState): boolean => events?.some(({ emittedBy }) => emittedBy === 'person') ?? false;

/** A sleep that is over, or a question that was open when a worker died before it could show it. */
const isDue = async (
  { ports }: ActiveWorkspace,
  { line }: SharedDatabase,
  { id, outcome }: ReleaseRow,
  { waiting }: StagingState,
): Promise<boolean> => {
  if (outcome !== null || waiting === null) return false;
  if (waiting.kind === 'approval') return (await line.waitOf(id)) === null;
  return waiting.wakeAt !== undefined && msUntil(waiting.wakeAt, ports.clock) === 0;
};

/** On a clock that stands still while nobody sleeps it is always time: the sleep itself moves it. */
export const msUntil = (at: number, clock: Clock): number => (clock.passesByItself ? Math.max(0, at - clock.now()) : 0);

/** `again` where a person has stopped it on its way. */
const driven = async (
  { workspace, database, id, lost, stopping }: Turn,
  input: Input,
  asked: Asked | undefined,
): Promise<Stop | 'again' | 'stopped'> => {
  const control = new RunControl();
  const stop = (): void => requestStop(control);
  if (stopping.aborted) return 'stopped';
  stopping.addEventListener('abort', stop, { once: true });
  const drainWhereEnded = async (): Promise<void> => {
    const moves = await movesOf(database, id).catch(() => []); // asked again in a second
    if (moves.some(({ place, move }) => move.kind === 'end' && place !== asked?.place)) control.requestDrain('a person ends it');
  };
  const looking = setInterval(() => void drainWhereEnded(), 1_000);
  const caller = asked?.move.kind === 'answer' ? asked.move.caller : null;
  try {
    return await drive(workspace, id, input, () => Promise.resolve(null), { control, signal: lost, ...(caller !== null && { caller }) });
  } catch (error) {
    if (isGraphDrained(error)) return isStopping(control) ? 'stopped' : 'again';
    throw error;
  } finally {
    clearInterval(looking);
    stopping.removeEventListener('abort', stop);
  }
};

/** Nobody waits for it now. */
const asleep = async ({ workspace, database, fence, id }: Turn, { state, wakeAt }: Extract<Stop, { kind: 'asleep' }>): Promise<Turned> => {
  await database.line.wait(id, { kind: 'soak', wakeAt }, fence);
  const until = state.waiting?.kind === 'soak' ? new Date(state.waiting.untilAt).toISOString() : '';
  await mark(workspace, id, { state: 'waiting', outcome: null, reason: `soaks until ${until}` });
  return { release: 'left', wakeAt };
};

/** A promoted release goes back to the version before; everything else comes too late. */
const afterItsEnd = async ({ workspace, id }: Turn, { outcome }: ReleaseRow, asked: Asked | undefined): Promise<'again'> => {
  if (asked?.move.kind !== 'end' || outcome !== 'promoted') return 'again';
  const { by, reason } = asked.move;
  await goBack(workspace, id, by, reason).catch(async (error: unknown) => {
    if (error instanceof StagingError && passing.includes(error.code)) throw error;
    const entry = { key: `back:${asked.place}:failed`, at: workspace.ports.clock.now(), agent: 'person', routine: '' };
    await workspace.store.append(id, [{ ...entry, kind: 'note', name: 'rollback', value: { by, failed: explainError(error) } }]);
  });
  return 'again';
};
