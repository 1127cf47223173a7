import type { Breach, EnvironmentName, RolloutRecord, Sample, ToolResult, WeightChange } from '../../catalog/tools.js';
import { findBreach } from '../../gates/breach.js';
import { describeBreach } from '../../rollout/describe-breach.js';
import { idle, isEnded, transition, type Effect, type RolloutEvent, type RolloutState } from '../../rollout/transition.js';
import { newest } from '../candidate.js';
import type { Artifact } from '../ports.js';
import type { ToolContext } from '../run-tool.js';
import { sendTrafficBack } from './send-traffic-back.js';

/**
 * Drives the pure rollout machine with real samples, once per `sampleMs`, and carries out its effects.
 * No model is in this loop: from a breaching sample to restored traffic it is one turn. `elsewhere` is asked every time for a
 * breach of the same artifact in another environment, which ends this rollout too.
 */
export const runRollout = async (
  environment: EnvironmentName,
  artifact: Artifact,
  context: ToolContext,
  started?: ToolResult<'deploy_preview'>,
  elsewhere: () => Promise<Breach | null> = () => Promise.resolve(null),
): Promise<RolloutRecord> => {
  const { deployment, monitoring, clock } = context.ports;
  const { rollout: plan } = context.config;
  const preview = started ?? newest(context, 'deploy_preview')?.data;
  const slot = preview?.slot ?? 'green';
  const before = await deployment.status(environment);
  const previousVersion = before.slots.find((one) => one.slot !== slot)?.version ?? null;
  const counted = await deployment.counters(environment);
  const startedAt = clock.now();
  const changes: WeightChange[] = [];
  const samples: Sample[] = [];
  let state: RolloutState = idle;
  let restoredAt: number | null = null;
  let breach: RolloutRecord['breach'] = null;
  let frozen: string | null = null;

  const carryOut = async (effect: Effect): Promise<void> => {
    switch (effect.type) {
      case 'setWeight':
        await deployment.setWeight(environment, effect.percent);
        return changed(effect.percent, effect.reason);
      case 'switchActive':
        await deployment.switchActive(environment);
        return changed(100, `the ${slot} slot is the active one`);
      case 'restore':
        frozen = await sendTrafficBack(deployment, environment, slot);
        if (frozen !== null) return changed(100, `${effect.reason}, but ${frozen}`);
        restoredAt = clock.now();
        return changed(0, effect.reason);
      case 'retireIdle':
        return deployment.retireIdle(environment, effect.drainMs);
    }
  };
  const changed = (weight: number, reason: string): void => {
    const change = { at: clock.now(), environment, weight, slot, reason };
    changes.push(change);
    context.weight(change);
  };
  const feed = async (event: RolloutEvent): Promise<void> => {
    const [next, effects] = transition(state, event, plan);
    state = next;
    for (const effect of effects) await carryOut(effect);
  };

  const stays = await sendTrafficBack(deployment, environment, slot); // a rollout that was cut off begins again from the stable version
  await monitoring.watch(environment);
  const obstacle =
    stays !== null
      ? 'a rollout that was cut off can only begin again from the stable version'
      : preview?.healthy === false
        ? `${artifact.version} does not answer in the ${slot} slot`
        : null;
  await feed(obstacle === null ? { type: 'started', at: startedAt } : { type: 'abort', at: startedAt, reason: obstacle });
  let seenAt = startedAt;
  while (!isEnded(state)) {
    await clock.sleep(plan.sampleMs / 2);
    const now = clock.now();
    const other = await elsewhere();
    if (other !== null) {
      await feed({ type: 'abort', at: now, reason: `the same artifact in staging: ${describeBreach(other)}` });
      continue;
    }
    const fresh = await monitoring.samples(environment, slot, seenAt, now);
    if (fresh.length === 0) {
      if (now - seenAt > plan.sampleMs * 2) await feed({ type: 'noData', at: now });
      continue;
    }
    for (const sample of fresh) {
      samples.push(sample);
      seenAt = sample.at;
      breach = findBreach(samples, plan.breach);
      await feed({ type: 'sampled', at: sample.at, requests: sample.requests, breach });
      if (isEnded(state)) break;
    }
  }

  const after = await deployment.counters(environment);
  const back = state.type === 'inconclusive' ? 'inconclusive' : 'rolled_back';
  const outcome = state.type === 'completed' ? 'completed' : frozen === null ? back : 'frozen';
  const why = 'reason' in state ? state.reason : outcome;
  return {
    environment,
    strategy: plan.strategy,
    outcome,
    slot,
    version: artifact.version,
    digest: artifact.digest,
    previousVersion,
    startedAt,
    durationMs: clock.now() - startedAt,
    changes,
    breach,
    restoreMs: breach !== null && restoredAt !== null ? restoredAt - breach.firstSampleAt : null,
    traffic: {
      requests: after.requests - counted.requests,
      dropped: after.dropped - counted.dropped,
      candidateErrors: after.errorsBySlot[slot] - counted.errorsBySlot[slot],
    },
    samples,
    reason:
      state.type === 'completed'
        ? `${artifact.version} takes all traffic of ${environment}`
        : frozen === null
          ? why
          : `${why}; frozen: ${frozen as string}`, // assigned in a closure, which the compiler does not follow
  };
};
