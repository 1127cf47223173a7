import { AIMessage } from '@langchain/core/messages';
import { GraphDrained, type LangGraphRunnableConfig } from '@langchain/langgraph';
import { findBreach } from '../gates/breach.js';
import { sendTrafficBack } from '../tools/deployment/send-traffic-back.js';
import type { Store } from '../blackboard/store.js';
import type { RolloutRecord } from '../catalog/tools.js';
import { emitted } from './agent-node.js';
import { isStopping } from './stopping.js';
import type { Runtime } from './runtime.js';
import type { StagingState, StagingUpdate } from './state.js';

/**
 * Waits for healthy time and watches while it waits. A breach sends the traffic back here and now, then tells the agents;
 * otherwise the health check is asked for again.
 */
export const soak =
  (runtime: Runtime) =>
  async (state: StagingState, { control }: LangGraphRunnableConfig): Promise<StagingUpdate> => {
    const { waiting, releaseId } = state;
    const last = state.events.at(-1);
    if (waiting?.kind !== 'soak' || releaseId === null || !last) return {};
    const { clock, monitoring, deployment, interventions } = runtime.ports;
    const { rollout: plan } = runtime.config;
    const rollout = await rolloutOf(state, runtime.store);
    const from = rollout ? rollout.startedAt + rollout.durationMs : clock.now();
    runtime.progress({ at: clock.now(), agent: 'soak', routine: null, kind: 'wait', text: waiting.reason });
    await monitoring.watch('staging');
    while (clock.now() < waiting.untilAt) {
      if (isStopping(control)) throw new GraphDrained(control?.drainReason); // a soak is nothing to be finished: it goes on with the next process
      await clock.sleep(Math.min(plan.sampleMs, Math.max(1, waiting.untilAt - clock.now())));
      if (!rollout) continue;
      const window = Math.max(from, clock.now() - plan.sampleMs * (plan.breach.windowSamples + 2));
      const breach = findBreach(await monitoring.samples('staging', rollout.slot, window, clock.now()), plan.breach);
      const word = breach === null ? await interventions?.pending({ environment: 'staging', release: releaseId, sinceAt: from }) : null;
      if (breach === null && !word) continue;
      const held = await sendTrafficBack(deployment, 'staging', rollout.slot);
      const at = clock.now();
      const reason =
        breach === null
          ? `${word?.by}: ${word?.reason}${held === null ? '' : `; ${held}`}`
          : `${breach.metric} of ${breach.value} where ${breach.target} is allowed, ${Math.round((at - from) / 1_000)} s after the deployment; ${held ?? `traffic was back ${at - breach.firstSampleAt} ms after the first such sample`}`;
      const change = { at, environment: 'staging' as const, weight: held === null ? 0 : 100, slot: rollout.slot, reason };
      await runtime.store.append(releaseId, [
        { key: `${last.id}:breach`, at, agent: 'watcher', routine: '', kind: 'rollout', name: 'staging', value: change },
        { key: `${last.id}:alert`, at, agent: 'watcher', routine: '', kind: 'event', name: 'staging/alert_triggered', value: { reason } },
      ]);
      runtime.progress({
        at,
        agent: 'watcher',
        routine: null,
        kind: 'weight',
        text: `staging: ${change.weight} % to the candidate (${reason})`,
      });
      return {
        waiting: null,
        events: [emitted(last, 'staging/alert_triggered', 'watcher', reason, at)],
        messages: [new AIMessage(`Alert: ${reason}.`)],
      };
    }
    const at = clock.now();
    await runtime.store.append(releaseId, [
      { key: `${last.id}:soaked`, at, agent: 'soak', routine: '', kind: 'event', name: 'staging/health_check_needed', value: {} },
    ]);
    return { waiting: null, events: [emitted(last, 'staging/health_check_needed', 'soak', '', at)] };
  };

/** The staging rollout of this attempt, or null. */
export const rolloutOf = async (state: StagingState, store: Store): Promise<RolloutRecord | null> => {
  const ref = state.evidence.findLast((one) => one.tool === 'run_rollout' && one.attempt === state.attempt);
  return ref ? ((await store.evidence(ref.digest)) as RolloutRecord) : null; // written by the tool, parsed by its schema then
};
