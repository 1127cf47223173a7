import { servicesInOrder } from '../../catalog/services.js';
import type { EnvironmentStatus, RolloutRecord, SlotName } from '../../catalog/tools.js';
import { findBreach } from '../../gates/breach.js';
import { describeBreach } from '../../rollout/describe-breach.js';
import { describeSteps } from '../../rollout/describe-steps.js';
import { migrationRisks, planRelease, type Risk, type ServiceInPlan } from '../../rollout/release-plan.js';
import { sayVersions, type FlagStep } from '../../catalog/measurements.js';
import { applyFlags, planFlags, undoFlags } from '../flags/release-flags.js';
import { candidateOf, doorsOf, newest, operationOf, stableOf, stableVersion } from '../candidate.js';
import { migrationProblem } from '../data/migration-problem.js';
import { frozenBy, settledMigration } from '../data/tools.js';
import type { Artifact, Ports } from '../ports.js';
import type { ToolContext, ToolTable } from '../run-tool.js';
import { guardCandidate } from './guard-candidate.js';
import { carryOut, planFor, servedIn, wayBackDoors } from './plan.js';
import { causeOf, runRollout, type Obstacle } from './run-rollout.js';
import { sendTrafficBack } from './send-traffic-back.js';

type DeploymentTool =
  | 'plan_environment'
  | 'provision_environment'
  | 'deploy_preview'
  | 'plan_deployment'
  | 'run_rollout'
  | 'read_logs'
  | 'check_rollback_target'
  | 'promote_to_production'
  | 'roll_back';

/** Deployment tools: staging and production on the same machinery. */
export const deploymentTools: ToolTable<DeploymentTool> = {
  plan_environment: async (_, context) => {
    const { config, ports } = context;
    await ports.source.heads(context.request.version, context.request.features); // an unknown version or feature ends here, before anything starts
    for (const { service, version, features = [] } of context.request.services ?? [])
      await doorsOf(ports, service).source.heads(version, features);
    const production = servedIn(await ports.deployment.status('production'));
    return {
      infrastructure: ports.deployment.name,
      services: [config.service, ...config.services, ...config.dependencies].map(({ name }) => name),
      stableVersion: production.version ?? (await stableVersion(context)),
      serves: { staging: servedIn(await ports.deployment.status('staging')), production },
      quota: config.limits.quota,
    };
  },
  provision_environment: async (_, context) => {
    const { monitoring } = context.ports;
    const stable = await stableOf(context);
    const plan = await planFor('staging', stable, context);
    const status = await carryOut(plan, 'provision staging', context, ({ deployment }) => deployment.provision('staging', stable));
    const { services, dependencies } = await monitoring.health('staging');
    const all = [...services, ...dependencies];
    return { ...status, services: all, ready: status.ready && all.every((service) => service.healthy) };
  },
  deploy_preview: async (_, context) => {
    const artifact = candidateOf(context);
    const planned = await planFlags('staging', artifact, flagsOf(context));
    const problem =
      migrationProblem(newest(context, 'migrate_database')?.data) ??
      ('problem' in planned ? `the declaration of its flags is unreadable: ${planned.problem}` : null);
    if (problem === null && 'steps' in planned) {
      const plan = await planFor('staging', artifact, context);
      const preview = await carryOut(plan, `deploy ${artifact.version} to staging`, context, async ({ deployment, flags }) => {
        await applyFlags(planned.steps, flags, context.releaseId);
        return deployment.deployIdle('staging', artifact);
      });
      return planned.steps.length === 0 ? preview : { ...preview, flags: planned.steps };
    }
    const slot = idleSlotOf(await context.ports.deployment.status('staging'));
    return {
      slot,
      version: artifact.version,
      digest: artifact.digest,
      url: '',
      healthy: false,
      startupMs: 0,
      detail: `not started: ${problem}`,
    };
  },
  plan_deployment: async (_, context) => {
    const { strategy } = context.config.rollout;
    const status = await context.ports.deployment.status('staging');
    const active = status.slots.find((one) => one.slot === status.activeSlot);
    const inPlan = {
      ...settledMigration(context),
      service: context.config.service.name,
      version: context.request.version,
      previousVersion: active?.version ?? 'nothing',
      strategy,
      configuration: (await context.ports.deployment.configuration?.('staging')) ?? null,
      flags: await flagsInPlan(context),
    };
    const beside = candidateOf(context).services ?? [];
    const previousOf = (service: string): string => active?.services?.find((one) => one.service === service)?.version ?? 'nothing';
    const inOrder: ServiceInPlan[] = [];
    for (const name of servicesInOrder(context.config)) {
      const found = beside.find(({ service }) => service === name);
      if (name === inPlan.service) inOrder.push(inPlan);
      else if (found !== undefined) {
        const configuration = (await context.ports.deployment.configuration?.('staging', name)) ?? null;
        inOrder.push({
          ...settledMigration(context, name),
          service: name,
          version: found.version,
          previousVersion: previousOf(name),
          strategy,
          configuration,
        });
      }
    }
    return {
      strategy,
      steps: describeSteps(context.config.rollout),
      rollback: {
        slot: status.activeSlot,
        version: active?.version ?? '',
        how: inOrder.some(({ kind }) => kind === 'forward-only')
          ? `none once ${sayVersions(context.request.version, beside)} has traffic: a breach freezes the release with the traffic on it`
          : beside.length === 0
            ? `all traffic back to ${active?.version ?? 'nothing'} in the ${status.activeSlot} slot, which keeps running`
            : `all traffic of every service back together, to ${inOrder.map(({ service, previousVersion }) => `${service} ${previousVersion}`).join(' and ')}, which keep running`,
      },
      release: planRelease(inOrder),
      ...(beside.length > 0 && { services: beside.map(({ service, version, digest }) => ({ service, version, digest })) }),
      risks: [
        ...inOrder.flatMap((one) => risksOf(one, one === inPlan ? inPlan.objection : null, context)),
        ...(active?.state === 'healthy' ? [] : [{ risk: 'there is no healthy version to go back to', blocking: true }]),
      ],
    };
  },
  run_rollout: async (_, context) => {
    const rollout = await runRollout('staging', candidateOf(context), context);
    if (rollout.outcome === 'completed') guard(rollout, context);
    return rollout;
  },
  read_logs: async ({ lines }, context) => {
    const { deployment } = context.ports;
    const { activeSlot } = await deployment.status('staging');
    const slot = newest(context, 'deploy_preview')?.data.slot ?? activeSlot;
    return { slot, lines: await deployment.logs('staging', slot, lines) };
  },
  check_rollback_target: async (_, { ports }) => {
    const status = await ports.deployment.status('staging');
    const idle = status.slots.find((one) => one.slot !== status.activeSlot);
    return {
      slot: idle?.slot ?? status.activeSlot,
      version: idle?.version ?? null,
      healthy: idle?.state === 'healthy',
      detail: idle?.version == null ? 'the other slot is empty' : `${idle.version} is ${idle.state}`,
    };
  },
  promote_to_production: async (_, context) => {
    const { deployment, monitoring } = context.ports;
    const artifact = candidateOf(context);
    const stable = await stableOf(context);
    const plan = await planFor('production', artifact, context);
    const carry = <T>(what: string, act: (doors: Pick<Ports, 'deployment' | 'flags'>) => Promise<T>) =>
      carryOut(plan, `${what} production`, context, act);
    await carry('provision', (doors) => doors.deployment.provision('production', stable));
    await monitoring.watch('production');
    await takeBackCutOff(artifact, context);
    await carry('copy the data aside in', (doors) => doors.deployment.snapshot('production', artifact, operationOf(context)));
    const migration = await carry('migrate', (doors) => doors.deployment.migrate('production', artifact, operationOf(context)));
    const problem = migrationProblem(migration);
    if (problem !== null) return { ...notBegun(artifact, problem, await deployment.status('production'), context), migration };
    const planned = await planFlags('production', artifact, flagsOf(context));
    const steps = 'steps' in planned ? planned.steps : []; // what can't be read has had no preview either
    await carry('change the flags of', (doors) => applyFlags(steps, doors.flags, context.releaseId));
    const started = await carry(`deploy ${artifact.version} to`, (doors) => doors.deployment.deployIdle('production', artifact));
    const rollout = await runRollout('production', artifact, context, started, () => troubleInStaging(context));
    if (rollout.outcome === 'completed') guard(rollout, context);
    return { ...rollout, migration, ...(steps.length > 0 && { flags: steps }) };
  },
  roll_back: async (_, context) => {
    const startedAt = context.ports.clock.now();
    const { deployment, flags: doorOfFlags } = wayBackDoors(context.ports);
    const environments = [];
    for (const environment of ['staging', 'production'] as const) {
      const rollout = newest(context, environment === 'staging' ? 'run_rollout' : 'promote_to_production')?.data;
      const preview = environment === 'staging' ? newest(context, 'deploy_preview')?.data : undefined;
      const candidateSlot = rollout?.slot ?? preview?.slot;
      if (candidateSlot === undefined) continue; // the candidate was never there
      const stuck = await frozenBy(environment, context);
      const held = await sendTrafficBack(deployment, environment, candidateSlot);
      const frozen = held ?? stuck;
      const changed = (environment === 'staging' ? preview : rollout)?.flags ?? [];
      const flags = frozen === null ? await undoFlags(changed, doorOfFlags, context.releaseId) : [];
      if (frozen === null) await deployment.retireIdle(environment, context.config.rollout.drainMs);
      const status = await deployment.status(environment);
      const active = status.slots.find((one) => one.slot === status.activeSlot);
      environments.push({
        environment,
        version: active?.version ?? null,
        ...(active?.services && { services: active.services.map(({ service, version, digest }) => ({ service, version, digest })) }),
        slot: status.activeSlot,
        candidateWeightPercent: status.candidateWeightPercent,
        frozen,
        ...(flags.length > 0 && { flags }),
      });
    }
    return { environments, durationMs: context.ports.clock.now() - startedAt };
  },
};

/**
 * A promotion that was cut off behind its switch begins again from the stable version: else the candidate would be taken for what
 * serves, and the idle slot, where the stable version stands by, for its place.
 */
const takeBackCutOff = async ({ version, digest }: Artifact, context: ToolContext): Promise<void> => {
  const { deployment } = wayBackDoors(context.ports);
  const { activeSlot, slots } = await deployment.status('production');
  const servesNow = slots.find(({ slot }) => slot === activeSlot)?.digest === digest;
  const servedBefore = context.all.findLast((item) => item.tool === 'plan_environment')?.data.stableVersion === version;
  if (servesNow && !servedBefore) await sendTrafficBack(deployment, 'production', activeSlot);
};

/** A production rollout that its migration kept from beginning: no traffic was moved. */
const notBegun = (
  { version, digest }: Artifact,
  problem: string,
  status: EnvironmentStatus,
  { config, ports }: ToolContext,
): RolloutRecord => ({
  ...{ environment: 'production', strategy: config.rollout.strategy, outcome: 'rolled_back', version, digest },
  slot: idleSlotOf(status),
  previousVersion: status.slots.find((one) => one.slot === status.activeSlot)?.version ?? null,
  ...{ startedAt: ports.clock.now(), durationMs: 0, changes: [], breach: null, restoreMs: null, samples: [] },
  traffic: { requests: 0, dropped: 0, candidateErrors: 0 },
  reason: problem,
});

const flagsOf = ({ config, ports, releaseId }: ToolContext) => ({ flags: ports.flags, manifest: config.flags.manifest, releaseId });

/** Those that were changed for the preview, and those that will be in production. */
const flagsInPlan = async (context: ToolContext): Promise<FlagStep[]> => {
  const planned =
    context.request.target === 'staging' ? { steps: [] } : await planFlags('production', candidateOf(context), flagsOf(context));
  return [...(newest(context, 'deploy_preview')?.data.flags ?? []), ...('steps' in planned ? planned.steps : [])];
};

/** What the migration of a service means, by its name where it is not the first. */
const risksOf = (one: ServiceInPlan, objection: string | null, { config }: ToolContext): Risk[] =>
  migrationRisks(one, objection).map(({ risk, blocking }) => ({
    risk: one.service === config.service.name ? risk : `${one.service}: ${risk}`,
    blocking,
  }));

const idleSlotOf = ({ activeSlot }: EnvironmentStatus): SlotName => (activeSlot === 'blue' ? 'green' : 'blue');

/** Goes on beside the agents until the doors close. */
const guard = (rollout: RolloutRecord, { ports, config, weight, trouble, releaseId }: ToolContext): void => {
  void guardCandidate(wayBackDoors(ports), rollout, config.rollout, { weight, trouble }, releaseId).catch(
    () => undefined, // only a journal that takes no row: the release's own next one says so
  );
};

/**
 * What keeps the candidate from production: it has lost the traffic of staging, where it serves on meanwhile, or it breaches there now.
 * The first may be long over in the samples, as whoever sent the traffic back waited for nobody.
 */
const troubleInStaging = async (context: ToolContext): Promise<Obstacle | null> => {
  const rollout = newest(context, 'run_rollout')?.data;
  if (rollout?.outcome !== 'completed') return null;
  const { monitoring, clock, deployment } = context.ports;
  const { sampleMs, breach: rules } = context.config.rollout;
  const now = clock.now();
  const from = Math.max(rollout.startedAt + rollout.durationMs, now - sampleMs * (rules.windowSamples + 2));
  const breach = findBreach(await monitoring.samples('staging', rollout.slot, from, now), rules);
  if (breach !== null) return { reason: `the same artifact in staging: ${describeBreach(breach)}`, cause: causeOf(breach) };
  const { activeSlot } = await deployment.status('staging');
  return activeSlot === rollout.slot ? null : { reason: 'the same artifact in staging: its traffic was taken back', cause: null };
};
