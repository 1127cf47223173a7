import type { EnvironmentName, EnvironmentStatus, SlotName } from '../catalog/tools.js';
import type { Artifact, DeploymentPort } from '../tools/ports.js';
import type { World } from './simulated-world.js';

type SimulatedEnvironment = { active: SlotName; weight: number; slots: Record<SlotName, Artifact | null> };
export type SimulatedDeployment = DeploymentPort & {
  /** Share of the environment's traffic that a slot takes, 0..1. */
  shareOf(environment: EnvironmentName, slot: SlotName): number;
  artifactIn(environment: EnvironmentName, slot: SlotName): Artifact | null;
  /** Whether the slot holds a candidate: something else than the first stable version. */
  isCandidate(environment: EnvironmentName, slot: SlotName): boolean;
};

/** Two environments with two slots each, in memory. */
export const simulatedDeployment = (world: World): SimulatedDeployment => {
  const environments: Record<EnvironmentName, SimulatedEnvironment> = { staging: empty(), production: empty() };
  const firstStable: Partial<Record<EnvironmentName, string>> = {};
  const idleOf = (environment: EnvironmentName): SlotName => (environments[environment].active === 'blue' ? 'green' : 'blue');
  const url = (environment: EnvironmentName, slot?: SlotName) => `simulated://${environment}${slot ? `/${slot}` : ''}`;

  const status = (environment: EnvironmentName): EnvironmentStatus => {
    const { active, weight, slots } = environments[environment];
    return {
      environment,
      ready: slots[active] !== null,
      proxyUrl: url(environment),
      activeSlot: active,
      candidateWeightPercent: weight,
      slots: (['blue', 'green'] as const).map((slot) => ({
        slot,
        state: slots[slot] === null ? 'empty' : 'healthy',
        version: slots[slot]?.version ?? null,
        digest: slots[slot]?.digest ?? null,
        url: slots[slot] === null ? null : url(environment, slot),
        restarts: 0,
      })),
      services: [{ name: world.config.service.name, healthy: slots[active] !== null, url: url(environment), detail: 'simulated' }],
    };
  };

  return {
    name: 'simulated',
    provision: (environment, stable) => {
      const at = environments[environment];
      at.slots[at.active] ??= stable;
      at.weight = 0;
      firstStable[environment] ??= at.slots[at.active]?.digest ?? '';
      return Promise.resolve(status(environment));
    },
    deployIdle: (environment, artifact) => {
      const slot = idleOf(environment);
      environments[environment].slots[slot] = artifact;
      const dead = world.fault('preview_dead', environment) !== null;
      return Promise.resolve({
        slot,
        version: artifact.version,
        digest: artifact.digest,
        url: url(environment, slot),
        healthy: !dead,
        startupMs: 800,
        detail: dead ? 'simulated: no answer' : '',
      });
    },
    setWeight: (environment, percent) => {
      environments[environment].weight = percent;
      return Promise.resolve();
    },
    switchActive: (environment) => {
      environments[environment].active = idleOf(environment);
      environments[environment].weight = 0;
      return Promise.resolve();
    },
    retireIdle: (environment) => {
      environments[environment].slots[idleOf(environment)] = null;
      return Promise.resolve();
    },
    status: (environment) => Promise.resolve(status(environment)),
    snapshot: (environment) =>
      Promise.resolve({ environment, status: 'none', reason: 'simulated: there is no data', files: [], durationMs: 0 }),
    migrate: () => Promise.resolve({ status: 'none', output: '', durationMs: 0 }),
    migration: () => Promise.resolve(null),
    undoMigration: () => Promise.resolve({ ok: true, output: '', lost: { rows: null, tables: [] } }),
    dataHold: () => Promise.resolve(null),
    copyData: () => Promise.resolve({ status: 'none', reason: 'simulated: there is no data', tables: [], checked: null, durationMs: 0 }),
    logs: () => Promise.resolve(['simulated log line']),
    counters: () => Promise.resolve({ requests: 0, dropped: 0, errorsBySlot: { blue: 0, green: 0 } }),
    close: () => Promise.resolve(),
    shareOf: (environment, slot) => {
      const { active, weight, slots } = environments[environment];
      if (slots[slot] === null) return 0;
      return (slot === active ? 100 - weight : weight) / 100;
    },
    artifactIn: (environment, slot) => environments[environment].slots[slot],
    isCandidate: (environment, slot) => environments[environment].slots[slot]?.digest !== firstStable[environment],
  };
};

const empty = (): SimulatedEnvironment => ({ active: 'blue', weight: 0, slots: { blue: null, green: null } });
