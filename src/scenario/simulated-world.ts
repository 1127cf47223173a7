import { z } from 'zod';
import type { StagingConfig } from '../catalog/config.js';
import { StagingError } from '../catalog/errors.js';
import type { RoutineName } from '../catalog/routines.js';
import type { EnvironmentName } from '../catalog/tools.js';
import { interventionsInMemory } from '../tools/deployment/interventions.js';
import type { Artifact, FlagsPort, Ports } from '../tools/ports.js';
import { faultSchema, isShowing, type Fault, type FaultInput, type FaultKind } from './faults.js';
import { seeded, type Seeded } from './seeded.js';
import { simulatedFlags, type FlagFiles } from './simulated-flags.js';
import { simulatedDeployment } from './simulated-deployment.js';
import { simulatedHistory, type EnvironmentStates } from './simulated-history.js';
import { simulatedMonitoring } from './simulated-monitoring.js';
import { simulatedSampler } from './simulated-sampler.js';
import { simulatedSource } from './simulated-source.js';
import { simulatedTesting } from './simulated-testing.js';
import { simulatedWorkspaces } from './simulated-workspaces.js';
import { VirtualClock } from './virtual-clock.js';

/** How a simulated service behaves when nothing is wrong: the figures of the scenario's dashboard. */
export const worldSchema = z.strictObject({
  /** The same seed is the same world. */
  seed: z.number().int().nonnegative().default(1),
  /** Requests per second on average over a day; the peak is 16 % above it. */
  requestsPerSecond: z.number().positive().default(1_250),
  /** Fraction of the requests that fail. */
  errorRate: z.number().min(0).max(1).default(0.0005),
  /** Average of a lognormal distribution, in ms, and its sigma: the tail. */
  latencyMs: z.number().positive().default(145),
  latencySigma: z.number().positive().max(3).default(0.5),
  /** What the repository holds, by path, for a model that develops in it; left out, no file can be read. */
  files: z.record(z.string().min(1), z.string()).optional(),
});
export type WorldSettings = z.output<typeof worldSchema>;

/** Whom and when a fault would have to act on. */
export type Occasion = {
  environment?: EnvironmentName;
  artifact?: Artifact | null;
  at?: number;
  trafficSince?: number | null;
  /** Left out: the service that the release is named after. */
  service?: string | undefined;
};

/** What the simulated doors share. */
export type World = {
  config: StagingConfig;
  settings: WorldSettings;
  random: Seeded;
  clock: VirtualClock;
  attempt: number;
  flags: FlagsPort;
  /** The worktrees of a repository that has files, or null. */
  workspaces: ReturnType<typeof simulatedWorkspaces> | null;
  /** The features of the newest integration of each service, and those that a build holds, by its digest. */
  features: Map<string, readonly string[]>;
  featuresIn: Map<string, readonly string[]>;
  /** How often the branch of a feature had moved by the end of an attempt: once for every fault that ended with one. */
  fixesBy: (attempt: number, feature: string | null) => number;
  fault: (kind: FaultKind, occasion?: Occasion) => Fault | null;
  /** Milliseconds since the clock of a fault started, or null where it has not. */
  elapsedMs: (fault: Fault, at: number, trafficSince?: number | null) => number | null;
  /** Passes simulated time. Never comes back where the process dies. */
  spend: (ms: number) => Promise<void>;
};

/** The doors of a simulated world, and what a person outside can do to it. */
export type SimulatedPorts = Ports & {
  /** Told that a routine begins: faults are anchored to it. Give it what `progress` tells. */
  begins: (routine: RoutineName | null) => void;
  /** Resolves when the fault `process_killed` strikes. */
  death: () => Promise<void>;
};

/** The routines that a fix does not run again. */
const once: ReadonlySet<RoutineName> = new Set([
  'environment-setup-routine',
  'infrastructure-provisioning-routine',
  'monitoring-setup-routine',
]);

/** What stands in the environments of a simulated world, and when: enough for another process to go on in it. It is JSON. */
export type WorldMemory = { at: number; states: EnvironmentStates; flags: FlagFiles };

type Options = {
  config: StagingConfig;
  faults?: readonly FaultInput[];
  clock?: VirtualClock;
  settings?: z.input<typeof worldSchema>;
  /** What another process left, and who is told of every change. Faults are not remembered. */
  remembered?: WorldMemory | null;
  remember?: (memory: WorldMemory) => void;
};

/** A deterministic world behind the same doors as the real one; every name in it says `simulated`. */
export const openSimulatedPorts = ({ config, clock = new VirtualClock(), ...options }: Options): SimulatedPorts => {
  const first = config.service.name;
  const companions = config.services.map(({ name }) => name);
  const faults = (options.faults ?? []).map((fault) => faultSchema.parse(fault));
  const stray = faults.find(({ service = first }) => service !== first && !companions.includes(service))?.service;
  if (stray !== undefined)
    throw new StagingError(
      'SCENARIO_INVALID',
      `Failed to open the simulated world: a fault is of "${stray}", and the configuration has no such service.`,
    );
  const settings = worldSchema.parse(options.settings ?? {});
  const beganAt = clock.now();
  const noFlags = () => ({ flags: {}, changes: [] });
  const { states, flags } = options.remembered ?? {
    states: { staging: [], production: [] },
    flags: { staging: noFlags(), production: noFlags() },
  };
  const changed = () => options.remember?.({ at: clock.now(), states, flags });
  const routinesBegan = new Map<RoutineName, number>();
  const struck = new Set<Fault>();
  let attempt = 1;
  let die: () => void = () => undefined;

  const world: World = {
    config,
    settings,
    random: seeded(settings.seed),
    clock,
    flags: simulatedFlags({ clock }, flags, changed),
    workspaces: settings.files === undefined ? null : simulatedWorkspaces(settings.files),
    features: new Map(),
    featuresIn: new Map(),
    fixesBy: (until, feature) =>
      new Set(
        faults
          .filter((fault) => fault.untilAttempt <= until && (fault.feature === undefined || fault.feature === feature))
          .map((fault) => fault.untilAttempt),
      ).size,
    get attempt() {
      return attempt;
    },
    set attempt(next) {
      if (next === attempt) return;
      attempt = next;
      for (const routine of routinesBegan.keys()) if (!once.has(routine)) routinesBegan.delete(routine); // an anchor holds within its attempt
      routinesBegan.set('feature-development-routine', clock.now());
    },
    elapsedMs: (fault, at, trafficSince = null) => {
      const since = fault.at === undefined ? (trafficSince ?? beganAt) : routinesBegan.get(fault.at);
      return since === undefined ? null : at - since;
    },
    fault: (kind, { environment = 'staging', artifact, at = clock.now(), trafficSince, service = first } = {}) =>
      faults.find((fault) => {
        if (fault.kind !== kind || fault.environment !== environment || attempt > fault.untilAttempt) return false;
        if ((fault.service ?? first) !== service) return false;
        const held = (artifact && world.featuresIn.get(artifact.digest)) ?? world.features.get(service) ?? [];
        if (fault.feature !== undefined && !held.includes(fault.feature)) return false;
        const elapsedMs = world.elapsedMs(fault, at, trafficSince);
        return elapsedMs !== null && isShowing(fault, elapsedMs);
      }) ?? null,
    spend: async (ms) => {
      await clock.sleep(ms);
      const fault = world.fault('process_killed') ?? world.fault('process_killed', { environment: 'production' });
      if (fault === null || struck.has(fault)) return;
      struck.add(fault);
      die();
      await new Promise<never>(() => undefined);
    },
  };
  const history = simulatedHistory(() => clock.now(), states, changed);
  const sampler = simulatedSampler(world, history);
  return {
    clock: {
      passesByItself: false,
      now: () => clock.now(),
      sleep: (ms) => world.spend(ms),
      alarm: (ms, rings) => clock.alarm(ms, rings),
    },
    deployment: simulatedDeployment(world, history, sampler),
    monitoring: simulatedMonitoring(world, history, sampler),
    testing: simulatedTesting(world, history),
    source: simulatedSource(world),
    services: Object.fromEntries(
      companions.map((name) => [name, { source: simulatedSource(world, name), testing: simulatedTesting(world, history, name) }]),
    ),
    flags: world.flags,
    interventions: interventionsInMemory(),
    begins: (routine) => {
      if (routine !== null && !routinesBegan.has(routine)) routinesBegan.set(routine, clock.now());
    },
    death: () => new Promise((resolve) => (die = resolve)),
  };
};
