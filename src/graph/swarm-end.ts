import { AIMessage } from '@langchain/core/messages';
import type { Outcome } from '../blackboard/store.js';
import { explainError } from '../catalog/errors.js';
import { titleOf } from '../catalog/request.js';
import { isOpen } from '../gates/evaluate-gate.js';
import type { Runtime } from './runtime.js';
import type { StagingState, StagingUpdate } from './state.js';

/** The last node: names the outcome from what is on the blackboard, and writes it down. */
export const swarmEnd =
  (runtime: Runtime) =>
  async (state: StagingState): Promise<StagingUpdate> => {
    const { releaseId, request } = state;
    if (releaseId === null || request === null) return {};
    const end = state.events.findLast((event) => event.topic === 'swarm/completed' || event.topic === 'swarm/failed');
    const outcome = outcomeOf(state);
    const without = state.dropped_features?.map((one) => one.feature).join(' and ') ?? '';
    const reason = `${end?.reason ?? 'nothing was left to do'}${without === '' ? '' : `; without ${without}, dropped because it made the release fail`}`;
    const at = runtime.ports.clock.now();
    await runtime.store.append(releaseId, [
      { key: 'outcome', at, agent: 'swarm', routine: '', kind: 'note', name: 'outcome', value: { outcome, reason } },
    ]);
    const left = await cleanUp(runtime, releaseId);
    if (left !== null)
      await runtime.store.append(releaseId, [{ key: 'left', at, agent: 'swarm', routine: '', kind: 'note', name: 'left', value: left }]);
    const row = await runtime.store.release(releaseId);
    if (row) await runtime.store.saveRelease({ ...row, state: 'ended', outcome, reason, updatedAt: at });
    return { outcome, outcomeReason: reason, messages: [new AIMessage(`${titleOf(request)}: ${outcome}. ${reason}.`)] };
  };

/** What has ended has ended, whatever of its worktrees is left: why it is, or null. */
const cleanUp = async ({ ports }: Runtime, releaseId: string): Promise<string | null> => {
  try {
    await ports.source.clean(releaseId);
    for (const [name, { source }] of Object.entries(ports.services ?? {})) await source.clean(`${releaseId}.${name}`);
    return null;
  } catch (error) {
    return explainError(error);
  }
};

/**
 * promoted: production serves it. held: it waits, ready or for lack of evidence, or is frozen by its migration. rolled_back: traffic
 * was taken back from it.
 * rejected: a gate or a person shut it out before. errored: we could not tell.
 */
const outcomeOf = (state: StagingState): Outcome => {
  const completed = state.events.some((event) => event.topic === 'swarm/completed');
  if (completed) return state.deployment_status === 'promoted_to_production' ? 'promoted' : 'held';
  if (state.approvals.some((approval) => approval.decision === 'rejected')) return 'rejected';
  if (state.infrastructure_provisioned !== true) return 'errored';
  if (state.deployment_status === 'frozen') return 'held';
  const tookTraffic = state.evidence.some((ref) => ref.tool === 'run_rollout'); // in any attempt: it was taken back
  if (tookTraffic) return 'rolled_back';
  if (state.events.some((event) => event.emittedBy === 'person')) return 'stopped';
  const shut = (state.gate_evaluations ?? []).filter((one) => one.attempt === state.attempt && !isOpen(one.outcome));
  if (shut.some((one) => one.outcome === 'failed') || shut.length === 0) return 'rejected';
  return shut.some((one) => one.outcome === 'errored') ? 'errored' : 'held';
};
