import { Command, type RunControl } from '@langchain/langgraph';
import { HumanMessage } from '@langchain/core/messages';
import type { ReleaseRequest } from '../catalog/request.js';
import type { RolloutRecord, WeightChange } from '../catalog/tools.js';
import { isWriteRefused, reason, StagingError } from '../catalog/errors.js';
import type { ReleaseRow } from '../blackboard/store.js';
import { traced } from '../agents/traced.js';
import { asCaller } from '../graph/caller.js';
import { goingOn } from '../graph/go-on.js';
import type { ApprovalQuestion } from '../graph/approval-question.js';
import type { StagingState } from '../graph/state.js';
import { guardCandidate } from '../tools/deployment/guard-candidate.js';
import { withStanding } from '../tools/candidate.js';
import { scaleDownLater } from '../tools/deployment/scale-down-later.js';
import type { ActiveWorkspace } from './active-workspace.js';
import { newestIn } from './document.js';
import { releaseNamed } from './release-named.js';

export type Answer = { decision: 'approved' | 'rejected'; by: string; comment: string };

/** Where a drive stopped. */
export type Stop =
  | { kind: 'ended'; state: StagingState }
  | { kind: 'waiting'; state: StagingState; question: ApprovalQuestion }
  | { kind: 'halted'; state: StagingState; code: string; reason: string }
  /** It soaks, and nobody has to wait for it: it goes on at `wakeAt`. */
  | { kind: 'asleep'; state: StagingState; wakeAt: number };

/** What a graph is given to begin or to go on. */
export type Input = Parameters<ActiveWorkspace['graph']['invoke']>[0];

/**
 * Takes a thread as far as it goes. `ask` is put the approval question where a person is there to answer;
 * without an answer the release waits. `control` stops it after the step it is at (then GraphDrained is thrown), `signal` at once.
 * `caller` is who a credential says goes on with it.
 */
export const drive = async (
  workspace: ActiveWorkspace,
  thread: string,
  begun: Input,
  ask: (question: ApprovalQuestion) => Promise<Answer | null>,
  { caller, ...brakes }: { control?: RunControl; signal?: AbortSignal; caller?: string } = {},
): Promise<Stop> => {
  const config = {
    configurable: { thread_id: thread, ...(caller !== undefined && asCaller(caller)) },
    recursionLimit: 10_000,
    durability: 'sync' as const,
    ...brakes,
  };
  let next: Input = begun;
  for (;;) {
    const input = next;
    const state = (await traced({ kind: 'release', release: thread, service: workspace.config.service.name }, () =>
      invoke(workspace, input, config),
    )) as StagingState & { __interrupt__?: { value: ApprovalQuestion }[] }; // LangGraph adds the interrupts to the state it returns
    const question = state.__interrupt__?.[0]?.value;
    if (question === undefined) return stopOf(workspace, state);
    await mark(workspace, question.release, { state: 'waiting', reason: question.question });
    const answer = await ask(question);
    if (answer === null) return { kind: 'waiting', state, question };
    await mark(workspace, question.release, { state: 'running', reason: '' });
    next = new Command({ resume: { digest: question.digest, ...answer } });
  }
};

/** Checkpoints lie beside the journal: a disk that takes neither is the same trouble. */
const invoke = async ({ graph, stateDir }: ActiveWorkspace, input: Input, config: Parameters<ActiveWorkspace['graph']['invoke']>[1]) => {
  try {
    return await graph.invoke(input, config);
  } catch (error) {
    if (!isWriteRefused(error)) throw error;
    throw new StagingError('JOURNAL_WRITE_FAILED', `Failed to write a checkpoint in ${stateDir}: ${reason(error)}.`, { cause: error });
  }
};

const stopOf = async (workspace: ActiveWorkspace, state: StagingState): Promise<Stop> => {
  const { halt, outcome, waiting } = state;
  if (halt === null && outcome === null && waiting?.kind === 'soak' && waiting.wakeAt !== undefined)
    return { kind: 'asleep', state, wakeAt: waiting.wakeAt };
  if (halt === null) return { kind: 'ended', state };
  if (state.releaseId !== null) await mark(workspace, state.releaseId, { state: 'waiting', outcome: halt.outcome, reason: halt.reason });
  return { kind: 'halted', state, code: halt.code, reason: halt.reason };
};

export const mark = async ({ store, ports }: ActiveWorkspace, id: string, change: Partial<ReleaseRow>): Promise<void> => {
  const row = await store.release(id);
  if (row) await store.saveRelease({ ...row, ...change, updatedAt: ports.clock.now() });
};

/** The first input of a new release. */
export const begin = (request: ReleaseRequest): Input => ({ request, messages: [new HumanMessage(request.text)] });

/** What goes on with a release where it stopped. One that was cut off before its first checkpoint begins anew. */
export const goOn = async ({ store, graph }: ActiveWorkspace, id: string): Promise<Input> => {
  const snapshot = await graph.getState({ configurable: { thread_id: id } });
  if (snapshot.createdAt !== undefined) return goingOn(snapshot);
  const request = (await store.release(id))?.request;
  return request === undefined ? { halt: null } : begin(request);
};

/**
 * Brings the environments back to where the release left them, before its graph goes on. What was done stands in the journal: a process
 * that died between an act and the next checkpoint left a state that knows nothing of it. Throws RELEASE_UNKNOWN, RELEASE_ENDED.
 */
export const revive = async (workspace: ActiveWorkspace, thread: string): Promise<StagingState> => {
  const row = await releaseNamed(workspace.store, thread);
  if (row.state === 'ended')
    throw new StagingError('RELEASE_ENDED', `Failed to go on with release ${thread}: it has ended (${row.outcome}).`);
  const snapshot = await workspace.graph.getState({ configurable: { thread_id: thread } });
  const state = snapshot.values as StagingState; // the graph's own state
  const staging = await workspace.ports.deployment.status('staging');
  const journal = await workspace.store.journal(thread);
  if ((await newestIn(journal, workspace.store, 'provision_environment'))?.ready === true) {
    const active = staging.slots.find((slot) => slot.slot === staging.activeSlot);
    const stable = await workspace.ports.source.artifactOf(active?.version ?? workspace.config.service.stable ?? '');
    await workspace.ports.deployment.provision('staging', await withStanding(stable, 'staging', workspace));
    await workspace.ports.monitoring.watch('staging');
    guardAgain(workspace, thread, await newestIn(journal, workspace.store, 'run_rollout'));
  }
  return state;
};

/** A candidate that had taken all traffic is guarded from now on as it was before this process, and the old version ends when it was to. */
const guardAgain = ({ ports, config, store }: ActiveWorkspace, release: string, rollout: RolloutRecord | undefined): void => {
  if (rollout?.outcome !== 'completed') return;
  const tell = (kind: 'rollout' | 'note', name: string, at: number, value: unknown): Promise<void> =>
    store.append(release, [{ key: `guard:${kind}:${at}`, at, agent: 'watcher', routine: '', kind, name, value }]);
  const { scaleDownDelayMs, drainMs } = config.rollout;
  if (scaleDownDelayMs !== null) {
    const atMs = rollout.startedAt + rollout.durationMs + scaleDownDelayMs;
    const { previousVersion: version, digest: successor } = rollout;
    void scaleDownLater(ports, { environment: 'staging', version, successor, atMs, drainMs }).catch(() => undefined); // the old version then stands by for longer, and the next status shows it
  }
  const told = {
    weight: (change: WeightChange) => tell('rollout', change.environment, change.at, change),
    trouble: (text: string, at: number) => tell('note', 'guard', at, text),
  };
  void guardCandidate(ports, { ...rollout, startedAt: ports.clock.now(), durationMs: 0 }, config.rollout, told, release).catch(
    () => undefined, // only a journal that takes no row: the release's own next one says so
  );
};
