import type { EnvironmentName, SlotName } from '../catalog/tools.js';
import type { Artifact } from '../tools/ports.js';

/** What an environment was from a moment on. */
export type EnvironmentState = {
  at: number;
  active: SlotName;
  candidateWeightPercent: number;
  /** Share of the active slot's requests that the candidate gets copies of. */
  mirrorPercent: number;
  /** The artifact with every service that stands beside it. */
  slots: Record<SlotName, Artifact | null>;
  /** The services beside the first that the newest candidate has brought: the others sit it out. */
  moving: readonly string[];
};

/** The first service's artifact, or that of another service beside it. */
const partOf = (artifact: Artifact | null, service: string | undefined): Artifact | null =>
  service === undefined ? artifact : (artifact?.services?.find((one) => one.service === service) ?? null);

export type EnvironmentStates = Record<EnvironmentName, EnvironmentState[]>;

/** How the two environments came to be what they are: samples of the past are computed from it. `states` is theirs, and grows. */
export const simulatedHistory = (now: () => number, states: EnvironmentStates, changed: () => void) => {
  const firstStable = (environment: EnvironmentName): Artifact | null => {
    const first = states[environment].find(({ slots, active }) => slots[active] !== null);
    return first === undefined ? null : first.slots[first.active];
  };
  const nothing: EnvironmentState = {
    at: 0,
    active: 'blue',
    candidateWeightPercent: 0,
    mirrorPercent: 0,
    slots: { blue: null, green: null },
    moving: [],
  };
  const current = (environment: EnvironmentName): EnvironmentState => states[environment].at(-1) ?? nothing;
  const stateAt = (environment: EnvironmentName, at: number): EnvironmentState =>
    states[environment].findLast((state) => state.at <= at) ?? nothing;

  return {
    current,
    /** When the environment was first provisioned, or null. */
    beganAt: (environment: EnvironmentName): number | null => states[environment][0]?.at ?? null,
    change: (environment: EnvironmentName, change: Partial<Omit<EnvironmentState, 'at'>>): EnvironmentState => {
      const next = { ...current(environment), ...change, at: now() };
      states[environment].push(next);
      changed();
      return next;
    },
    currentPart: (environment: EnvironmentName, slot: SlotName, service?: string): Artifact | null =>
      partOf(current(environment).slots[slot], service),
    partAt: (environment: EnvironmentName, slot: SlotName, at: number, service?: string): Artifact | null =>
      partOf(stateAt(environment, at).slots[slot], service),
    movingAt: (environment: EnvironmentName, at: number): readonly string[] => stateAt(environment, at).moving,
    /** Share of the environment's traffic that a slot took, 0..1. */
    shareAt: (environment: EnvironmentName, slot: SlotName, at: number): number => shareOf(stateAt(environment, at), slot),
    /** Share of the environment's traffic of which a slot got copies, 0..1. */
    mirrorAt: (environment: EnvironmentName, slot: SlotName, at: number): number => mirrorOf(stateAt(environment, at), slot),
    /** Something else than the first version that served here. */
    isCandidate: (environment: EnvironmentName, artifact: Artifact | null, service?: string): boolean =>
      artifact !== null && artifact.digest !== partOf(firstStable(environment), service)?.digest,
    /** When the artifact that was in the slot at a moment had first taken traffic there, or null. */
    trafficSince: (environment: EnvironmentName, slot: SlotName, at: number): number | null => {
      const digest = stateAt(environment, at).slots[slot]?.digest;
      let since: number | null = null;
      for (const state of states[environment].filter((one) => one.at <= at)) {
        if (state.slots[slot]?.digest !== digest) since = null;
        else if (shareOf(state, slot) + mirrorOf(state, slot) > 0) since ??= state.at;
      }
      return since;
    },
  };
};
export type SimulatedHistory = ReturnType<typeof simulatedHistory>;

const shareOf = ({ active, candidateWeightPercent, slots }: EnvironmentState, slot: SlotName): number =>
  slots[slot] === null ? 0 : (slot === active ? 100 - candidateWeightPercent : candidateWeightPercent) / 100;

const mirrorOf = ({ active, candidateWeightPercent, mirrorPercent, slots }: EnvironmentState, slot: SlotName): number =>
  slot === active || slots[slot] === null ? 0 : ((100 - candidateWeightPercent) * mirrorPercent) / 10_000;
