import { AIMessage } from '@langchain/core/messages';
import type { LangGraphRunnableConfig } from '@langchain/langgraph';
import { findBreach } from '../gates/breach.js';
import { sayWeight } from '../gates/words.js';
import { describeBreach } from '../rollout/describe-breach.js';
import { sendTrafficBack } from '../tools/deployment/send-traffic-back.js';
import type { Store } from '../blackboard/store.js';
import type { RolloutRecord } from '../catalog/tools.js';
import { emitted } from './agent-node.js';
import type { Runtime } from './runtime.js';
import { isStopping, stopped } from './stopping.js';
import type { StagingState, StagingUpdate } from './state.js';

/**
 * Waits for healthy time and watches while it waits. A breach sends the traffic back here and now, then tells the agents;
 * otherwise the health check is asked for again. Asleep, it waits nowhere: the run ends, and whoever runs the graph goes on with it
 * at `wakeAt`; then all that was measured since the look before is looked at.
 */
export const soak =
  (runtime: Runtime) =>
  async (state: StagingState, { control }: LangGraphRunnableConfig): Promise<StagingUpdate> => {
    const { waiting, releaseId } = state;
    const last = state.events.at(-1);
    if (waiting?.kind !== 'soak' || releaseId === null || !last) return {};
    const { clock, monitoring, deployment } = runtime.ports;
    const { rollout: plan, workers } = runtime.config;
    const rollout = await rolloutOf(state, runtime.store);
    const from = rollout ? rollout.startedAt + rollout.durationMs : clock.now();
    if (waiting.wakeAt === undefined)
      runtime.progress({ at: clock.now(), agent: 'soak', routine: null, kind: 'wait', text: waiting.reason });
    await monitoring.watch('staging');
    let lookedAt = waiting.lookedAt ?? clock.now();
    const asleep = (): StagingUpdate => ({
      waiting: { ...waiting, lookedAt, wakeAt: Math.min(waiting.untilAt, lookedAt + workers.lookEveryMs) },
    });
    if (runtime.soakAsleep && waiting.wakeAt === undefined) return asleep();
    while (lookedAt < waiting.untilAt) {
      if (isStopping(control)) throw stopped(); // it soaks on with the next process
      const nextAt = Math.min(waiting.untilAt, waiting.wakeAt ?? clock.now() + plan.sampleMs);
      await clock.sleep(Math.max(1, nextAt - clock.now()));
      const since = Math.max(from, lookedAt - plan.sampleMs * (plan.breach.windowSamples + 1));
      lookedAt = clock.now();
      const cause = rollout === null ? null : await causeToGoBack(runtime, rollout, { releaseId, since, from });
      if (rollout !== null && cause !== null) {
        const held = await sendTrafficBack(deployment, 'staging', rollout.slot);
        const at = clock.now();
        const reason =
          'by' in cause
            ? `${cause.by}: ${cause.reason}${held === null ? '' : `; ${held}`}`
            : `${describeBreach(cause)}, ${Math.round((at - from) / 1_000)} s after the deployment; ${held ?? `traffic was back ${at - cause.firstSampleAt} ms after the first such sample`}`;
        const change = { at, environment: 'staging' as const, weight: held === null ? 0 : 100, slot: rollout.slot, reason };
        await runtime.store.append(releaseId, [
          { key: `${last.id}:breach`, at, agent: 'watcher', routine: '', kind: 'rollout', name: 'staging', value: change },
          { key: `${last.id}:alert`, at, agent: 'watcher', routine: '', kind: 'event', name: 'staging/alert_triggered', value: { reason } },
        ]);
        runtime.progress({ at, agent: 'watcher', routine: null, kind: 'weight', text: sayWeight(change) });
        return {
          waiting: null,
          events: [emitted(last, 'staging/alert_triggered', 'watcher', reason, at)],
          messages: [new AIMessage(`Alert: ${reason}.`)],
        };
      }
      if (runtime.soakAsleep && lookedAt < waiting.untilAt) return asleep();
    }
    const at = clock.now();
    await runtime.store.append(releaseId, [
      { key: `${last.id}:soaked`, at, agent: 'soak', routine: '', kind: 'event', name: 'staging/health_check_needed', value: {} },
    ]);
    return { waiting: null, events: [emitted(last, 'staging/health_check_needed', 'soak', '', at)] };
  };

type Looked = { releaseId: string; since: number; from: number };

/** A breach in what was measured, or the word of a person or an alert. */
const causeToGoBack = async ({ ports, config }: Runtime, { slot }: RolloutRecord, { releaseId, since, from }: Looked) => {
  const breach = findBreach(await ports.monitoring.samples('staging', slot, since, ports.clock.now()), config.rollout.breach);
  return breach ?? (await ports.interventions?.pending({ environment: 'staging', release: releaseId, sinceAt: from })) ?? null;
};

/** The staging rollout of this attempt, or null. */
const rolloutOf = async (state: StagingState, store: Store): Promise<RolloutRecord | null> => {
  const ref = state.evidence.findLast((one) => one.tool === 'run_rollout' && one.attempt === state.attempt);
  return ref ? ((await store.evidence(ref.digest)) as RolloutRecord) : null; // written by the tool, parsed by its schema then
};
