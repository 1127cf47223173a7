import type { Analysis } from '../../catalog/analysis.js';
import { sayVersions, type Trigger } from '../../catalog/measurements.js';
import { StagingError } from '../../catalog/errors.js';
import type {
  Breach,
  EnvironmentName,
  EnvironmentStatus,
  RolloutRecord,
  Sample,
  SlotName,
  ToolResult,
  WeightChange,
} from '../../catalog/tools.js';
import { findBreach } from '../../gates/breach.js';
import { leastServed } from '../../gates/least-served.js';
import { lookAtEachService, type LookedEach } from '../../gates/look-at-each-service.js';
import { withMirrored } from '../../gates/with-mirrored.js';
import { idle, isEnded, transition, type Effect, type RolloutEvent, type RolloutState } from '../../rollout/transition.js';
import { newest } from '../candidate.js';
import type { Artifact, DeploymentPort, Ports, ServiceArtifact } from '../ports.js';
import type { ToolContext } from '../run-tool.js';
import { awaitSample } from './await-sample.js';
import { logAround } from './log-around.js';
import { scaleDownLater } from './scale-down-later.js';
import { carryOut, planFor, trafficOf, wayBackDoors } from './plan.js';
import { sendTrafficBack } from './send-traffic-back.js';

type RolloutContext = Pick<ToolContext, 'releaseId' | 'config' | 'attempt' | 'all' | 'weight' | 'intents' | 'goOn'> & {
  ports: Pick<Ports, 'clock' | 'deployment' | 'monitoring' | 'interventions'>;
};

type Seen = {
  restoredAt: number | null;
  breach: Breach | null;
  analysis: Analysis | null;
  trigger: Trigger | null;
  /** Why the traffic could not go back. */
  frozen: string | null;
};
export type Obstacle = { reason: string; cause: Trigger | null };

/**
 * Drives the pure rollout machine with real samples, and carries out its effects. No model is in this loop: from a breaching
 * sample to restored traffic it is one turn. `elsewhere` is asked every time for what the same artifact does in another
 * environment, which may end this rollout too. Throws CONFIG_INVALID when the environment cannot shape traffic as the plan wants it.
 */
export const runRollout = async (
  environment: EnvironmentName,
  artifact: Artifact,
  context: RolloutContext,
  started?: ToolResult<'deploy_preview'>,
  elsewhere: () => Promise<Obstacle | null> = () => Promise.resolve(null),
): Promise<RolloutRecord> => {
  const { deployment, monitoring, clock, interventions } = context.ports;
  const back = wayBackDoors(context.ports);
  const { rollout } = context.config;
  const plan = { ...rollout, freeze: rollout.freeze.filter((one) => one.environments.includes(environment)) };
  const preview = started ?? newest(context, 'deploy_preview')?.data;
  const slot = preview?.slot ?? 'green';
  const before = await deployment.status(environment);
  const stable = before.slots.find((one) => one.slot !== slot);
  const configuration = before.slots.find((one) => one.slot === slot)?.configuration;
  const counted = await deployment.counters(environment);
  const startedAt = clock.now();
  const services = [undefined, ...(artifact.services ?? []).map(({ service }) => service)];
  /** When the artifact took traffic for the first time, here or in staging before. */
  const firstAt = newest(context, 'run_rollout')?.data.startedAt ?? startedAt;
  const changes: WeightChange[] = [];
  const samples: Sample[] = [];
  const stableSamples: Sample[] = [];
  const seen: Seen = { restoredAt: null, breach: null, analysis: null, trigger: null, frozen: null };
  let state: RolloutState = idle;

  const perform = async (effect: Effect): Promise<void> => {
    switch (effect.type) {
      case 'setWeight':
        await give(`give ${effect.percent} % of ${environment} to ${artifact.version}`, (doors) =>
          shape(doors.deployment, effect.percent, effect.mirrorPercent),
        );
        return changed(effect.percent, effect.reason);
      case 'switchActive':
        await give(`switch ${environment} to ${artifact.version}`, (doors) => doors.deployment.switchActive(environment, slot));
        await confirmSwitch(deployment, environment, slot);
        return changed(100, `the ${slot} slot is the active one`);
      case 'restore':
        seen.frozen = await sendTrafficBack(back.deployment, environment, slot);
        if (seen.frozen !== null) return changed(100, `${effect.reason}, but ${seen.frozen}`);
        seen.restoredAt = clock.now();
        return changed(0, effect.reason);
      case 'retireIdle':
        return void scaleDownLater(back, {
          environment,
          version: stable?.version ?? null,
          successor: artifact.digest,
          atMs: clock.now() + effect.afterMs,
          drainMs: effect.drainMs,
        }).catch(() => undefined); // beside the agents, until the doors close; what runs there ends with them
    }
  };
  /** Traffic is given by the plan only: to the artifact where it stands, beside what it was made on. */
  const give = (what: string, act: (doors: Pick<Ports, 'deployment'>) => Promise<void>): Promise<void> =>
    carryOut(given, what, context, act, slot);
  const shape = (deployment: DeploymentPort, weightPercent: number, mirrorPercent: number): Promise<void> =>
    mirrorPercent > 0 || plan.route.match.length > 0
      ? (deployment.shapeTraffic?.(environment, { weightPercent, mirrorPercent }) ?? cannotShape(deployment.name))
      : deployment.setWeight(environment, weightPercent);
  const changed = (weight: number, reason: string): Promise<void> => {
    const change = { at: clock.now(), environment, weight, slot, reason };
    changes.push(change);
    return context.weight(change);
  };
  const feed = async (event: RolloutEvent, cause: Trigger | null = null): Promise<void> => {
    const [next, effects] = transition(state, event, plan);
    if (effects.some((effect) => effect.type === 'restore')) seen.trigger = cause;
    state = next;
    for (const effect of effects) await perform(effect);
  };

  let looked: { each: LookedEach; sinceAt: number } = { each: new Map(), sinceAt: startedAt };
  /** The candidate since the step began beside the stable version over the same time, where a comparison is asked for. */
  const analysed = (): Analysis | null => {
    if (state.type !== 'step') return null;
    const { sinceAt, index } = state;
    const { pauseMs, analysis: holds } = plan.steps[index] ?? { pauseMs: 0, analysis: false };
    if (!(plan.analysis.background || holds)) return null;
    const within = (all: readonly Sample[]) => all.filter((sample) => sample.at > sinceAt);
    const before: LookedEach = looked.sinceAt === sinceAt ? looked.each : new Map();
    const step = { sinceAt, pauseMs, endMs: Math.max(2 * pauseMs, pauseMs + (holds ? plan.analysis.maxHoldMs : 0)) };
    const { each, analysis } = lookAtEachService(
      before,
      { candidate: within(samples), stable: within(stableSamples) },
      step,
      plan.analysis,
    );
    looked = { each, sinceAt };
    return (seen.analysis = analysis);
  };
  /** A word from outside, or trouble of the same artifact elsewhere. */
  const interruption = async (): Promise<Obstacle | null> => {
    const word = await interventions?.pending({ environment, release: context.releaseId, sinceAt: firstAt });
    if (word) return { reason: `${word.by}: ${word.reason}`, cause: { kind: word.kind, by: word.by, at: Math.max(word.at, startedAt) } };
    return elsewhere();
  };

  const given = await planFor(environment, artifact, context);
  const stays = await carryOut(given, `begin the rollout in ${environment}`, context, () =>
    sendTrafficBack(back.deployment, environment, slot),
  ); // a rollout that was cut off begins again from the stable version
  await context.intents.add(trafficOf(environment, artifact.digest));
  await monitoring.watch(environment);
  const cutOff: Obstacle = { reason: 'a rollout that was cut off can only begin again from the stable version', cause: null };
  const ill: Obstacle = { reason: `${sayVersions(artifact.version, artifact.services)} does not answer in the ${slot} slot`, cause: null };
  const obstacle = stays !== null ? cutOff : preview?.healthy === false ? ill : await interruption();
  let seenAt = startedAt;
  let heardAt = startedAt;
  let overdueAt = startedAt + plan.sampleMs * 2;
  try {
    if (obstacle === null) await feed({ type: 'started', at: startedAt });
    else await feed({ type: 'abort', at: startedAt, reason: obstacle.reason }, obstacle.cause);
    while (!isEnded(state)) {
      context.goOn(); // nobody would watch: the traffic goes back, and the rollout begins again later
      heardAt = await awaitSample(context.ports, environment, heardAt, plan.sampleMs / 2);
      const now = clock.now();
      const word = await interruption();
      if (word !== null) {
        await feed({ type: 'abort', at: now, reason: word.reason }, word.cause);
        continue;
      }
      if (now > overdueAt) {
        overdueAt += plan.sampleMs;
        await feed({ type: 'noData', at: now }, { kind: 'silence', by: 'watcher', at: seenAt + plan.sampleMs });
      }
      if (stable !== undefined)
        stableSamples.push(...(await monitoring.samples(environment, stable.slot, stableSamples.at(-1)?.at ?? startedAt, now)));
      for (const look of looksIn(await monitoring.samples(environment, slot, seenAt, now))) {
        if (isEnded(state)) break;
        samples.push(...look);
        const { at } = look[0];
        seenAt = at;
        const told = look.filter((sample) => !isBlind(sample)).map(({ service }) => service);
        if (told.length === 0) continue; // the instrument had nothing to tell: that is silence
        const breach = (seen.breach = findBreach(samples.map(withMirrored), plan.breach));
        const complete = services.every((service) => told.includes(service));
        if (complete) overdueAt = at + plan.sampleMs * 2;
        else if (breach === null) continue; // and so it is where one of several had nothing to tell
        const found = breach === null ? analysed() : null; // a breach waits for no statistics
        const worse = found?.outcome === 'failed' ? ({ kind: 'analysis', by: 'watcher', at } as const) : null;
        const requests = 'sinceAt' in state ? leastServed(samples, services, state.sinceAt) - state.requests : 0;
        await feed({ type: 'sampled', at, requests, breach, analysis: found }, breach === null ? worse : causeOf(breach));
      }
    }
  } catch (error) {
    const byHand = isStale(error) && (await deployment.status(environment)).activeSlot !== stable?.slot;
    const held = byHand ? null : await sendTrafficBack(back.deployment, environment, slot); // something broke: nobody can vouch for the candidate
    if (isStopped(error)) await changed(held === null ? 0 : 100, held ?? 'the process was asked to end, and nobody would watch');
    throw error;
  }

  const after = await deployment.counters(environment);
  const log = seen.trigger === null ? null : await logAround(deployment, { environment, slot, at: seen.trigger.at });
  const reason =
    'reason' in state ? state.reason : `${sayVersions(artifact.version, artifact.services)} takes all traffic of ${environment}`;
  return {
    environment,
    strategy: plan.strategy,
    outcome: seen.frozen === null ? outcomes[state.type] : 'frozen',
    slot,
    version: artifact.version,
    digest: artifact.digest,
    previousVersion: stable?.version ?? null,
    ...(configuration !== undefined && { configuration }),
    ...(artifact.services && { services: artifact.services.map(movedFrom(stable)) }),
    startedAt,
    durationMs: clock.now() - startedAt,
    changes,
    breach: seen.breach,
    ...(seen.trigger !== null && { trigger: seen.trigger }),
    restoreMs: seen.trigger !== null && seen.restoredAt !== null ? seen.restoredAt - seen.trigger.at : null,
    ...(seen.analysis !== null && { analysis: seen.analysis }),
    ...(log !== null && { log }),
    traffic: {
      requests: after.requests - counted.requests,
      dropped: after.dropped - counted.dropped,
      candidateErrors: after.errorsBySlot[slot] - counted.errorsBySlot[slot],
    },
    samples,
    reason: seen.frozen === null ? reason : `${reason}; frozen: ${seen.frozen}`,
  };
};

/** Somebody has moved the traffic by hand: it stays where they want it. */
const isStale = (error: unknown): boolean => error instanceof StagingError && error.code === 'PLAN_STALE';

/** It is begun again later. */
const isStopped = (error: unknown): boolean => error instanceof StagingError && error.code === 'STOPPING';

const outcomes = {
  idle: 'inconclusive',
  step: 'inconclusive',
  watching: 'inconclusive',
  completed: 'completed',
  rolledBack: 'rolled_back',
  inconclusive: 'inconclusive',
  refused: 'refused',
} as const satisfies Record<RolloutState['type'], RolloutRecord['outcome']>;

/** Nobody takes a switch for done because it was asked for. Throws ADAPTER_WRONG. */
const confirmSwitch = async (deployment: DeploymentPort, environment: EnvironmentName, slot: SlotName): Promise<void> => {
  for (let look = 0; look < 3; look += 1) if ((await deployment.status(environment)).activeSlot === slot) return; // an answer from before the switch is asked for again
  throw new StagingError(
    'ADAPTER_WRONG',
    `Failed to switch ${environment} to the ${slot} slot: the ${deployment.name} adapter said that it had, and the other slot is still the active one.`,
  );
};

const kinds = { crash: 'health', health: 'health', latency_p95: 'performance', error_rate: 'error_rate' } as const;

export const causeOf = ({ metric, firstSampleAt }: Breach): Trigger => ({
  kind: kinds[metric],
  by: 'watcher',
  at: firstSampleAt,
});

/** What moved beside the first, and from which version. */
const movedFrom =
  (stable: EnvironmentStatus['slots'][number] | undefined) =>
  ({ service, version, digest }: ServiceArtifact) => ({
    ...{ service, version, digest },
    previousVersion: stable?.services?.find((one) => one.service === service)?.version ?? null,
  });

/** The samples of one time together: one of each service. */
const looksIn = (samples: readonly Sample[]): [Sample, ...Sample[]][] => {
  const looks: [Sample, ...Sample[]][] = [];
  for (const sample of samples) {
    const last = looks.at(-1);
    if (last?.[0].at === sample.at) last.push(sample);
    else looks.push([sample]);
  }
  return looks;
};

/** A sample of a slot that could not be looked at. */
const isBlind = ({ requests, mirrored, healthy, memoryBytes }: Sample): boolean =>
  requests === 0 && mirrored === undefined && healthy === null && memoryBytes === null;

const cannotShape = (name: string): never => {
  throw new StagingError(
    'CONFIG_INVALID',
    `Failed to shape the traffic: the ${name} environment knows weights, and neither routes nor mirrors.`,
    {
      remedy: 'Leave rollout.route.match and mirrorPercent out of the configuration.',
    },
  );
};
