import { StagingError, type ErrorCode } from '../catalog/errors.js';
import type { EnvironmentName, EnvironmentStatus, SlotName } from '../catalog/tools.js';
import { joinStatus } from '../rollout/services-together.js';
import type { Artifact, DeploymentPort } from '../tools/ports.js';
import type { SimulatedHistory } from './simulated-history.js';
import type { Sampler } from './simulated-sampler.js';
import { simulatedUrl } from './simulated-url.js';
import type { World } from './simulated-world.js';

const slotNames = ['blue', 'green'] as const;
type SlotStatus = EnvironmentStatus['slots'][number];
const otherSlot = (slot: SlotName): SlotName => (slot === 'blue' ? 'green' : 'blue');

const sameParts = (one: Artifact | null, other: Artifact | null): boolean => {
  const digests = (artifact: Artifact | null) => [artifact?.digest, ...(artifact?.services ?? []).map(({ digest }) => digest)].join(' ');
  return digests(one) === digests(other);
};

/** Two environments with two slots each, in memory; several services stand in one slot together. */
export const simulatedDeployment = (world: World, history: SimulatedHistory, sampler: Sampler): DeploymentPort => {
  const companions = world.config.services.map(({ name }) => name);
  /** Of which service where a migration was applied after which only the candidate can read the data. */
  const oneWay = new Map<string, string>();
  let closed = false;
  const idleOf = (environment: EnvironmentName): SlotName => otherSlot(history.current(environment).active);

  const stateOf = (environment: EnvironmentName, slot: SlotName, service?: string): SlotStatus['state'] => {
    const artifact = history.currentPart(environment, slot, service);
    if (artifact === null) return 'empty';
    const sole = oneWay.get(simulatedUrl({ environment, service }));
    if (sole !== undefined && sole !== artifact.digest) return 'unhealthy';
    if (!history.isCandidate(environment, artifact, service))
      return world.fault('environment_not_ready', { environment, service }) ? 'unhealthy' : 'healthy';
    const at = world.clock.now();
    const trafficSince = history.trafficSince(environment, slot, at);
    if (trafficSince !== null && world.fault('crash', { environment, artifact, at, trafficSince, service })) return 'crashed';
    return world.fault('preview_dead', { environment, artifact, service }) ? 'unhealthy' : 'healthy';
  };

  const statusOf = (environment: EnvironmentName, service?: string): EnvironmentStatus => {
    const { active, candidateWeightPercent } = history.current(environment);
    const serves = stateOf(environment, active, service) === 'healthy';
    const url = simulatedUrl({ environment, service });
    return {
      environment,
      ready: serves,
      proxyUrl: url,
      activeSlot: active,
      candidateWeightPercent,
      slots: slotNames.map((slot) => {
        const artifact = history.currentPart(environment, slot, service);
        return {
          slot,
          state: stateOf(environment, slot, service),
          version: artifact?.version ?? null,
          digest: artifact?.digest ?? null,
          url: artifact === null ? null : simulatedUrl({ environment, slot, service }),
          restarts: stateOf(environment, slot, service) === 'crashed' ? 1 : 0,
        };
      }),
      services: [{ name: service ?? world.config.service.name, healthy: serves, url, detail: 'simulated' }],
    };
  };
  const status = (environment: EnvironmentName): EnvironmentStatus =>
    joinStatus(
      statusOf(environment),
      companions.map((service) => ({ service, status: statusOf(environment, service) })),
      Object.fromEntries(history.current(environment).moving.map((service) => [service, 'same' as const])),
    );
  const joinedState = (environment: EnvironmentName, slot: SlotName) =>
    status(environment).slots.find((one) => one.slot === slot)?.state ?? 'empty';

  const put = (environment: EnvironmentName, slot: SlotName, artifact: Artifact | null, moving: readonly string[]): void => {
    const { slots } = history.current(environment);
    if (!sameParts(slots[slot], artifact)) history.change(environment, { slots: { ...slots, [slot]: artifact }, moving });
  };

  return {
    name: 'simulated',
    provision: (environment, stable) => {
      const { active, slots } = history.current(environment);
      history.change(environment, { candidateWeightPercent: 0, slots: { ...slots, [active]: slots[active] ?? stable } });
      return Promise.resolve(status(environment));
    },
    deployIdle: (environment, artifact) => {
      const slot = idleOf(environment);
      const beside = artifact.services ?? [];
      const moving = beside.map(({ service }) => service);
      const staying = (history.current(environment).slots[otherSlot(slot)]?.services ?? []).filter((one) => !moving.includes(one.service));
      put(environment, slot, companions.length === 0 ? artifact : { ...artifact, services: [...beside, ...staying] }, moving);
      const healthy = joinedState(environment, slot) === 'healthy';
      return Promise.resolve({
        slot,
        version: artifact.version,
        digest: artifact.digest,
        url: simulatedUrl({ environment, slot }),
        healthy,
        startupMs: 800,
        detail: healthy ? '' : 'simulated: no answer',
        ...(beside.length > 0 && {
          services: beside.map(({ service, version, digest }) => ({
            ...{ service, version, digest, url: simulatedUrl({ environment, slot, service }) },
            healthy: stateOf(environment, slot, service) === 'healthy',
          })),
        }),
      });
    },
    setWeight: (environment, candidateWeightPercent) => {
      if (!(candidateWeightPercent >= 0 && candidateWeightPercent <= 100))
        return refuse('DEFECT', `set the weight of ${environment}: ${candidateWeightPercent} is not between 0 and 100`);
      history.change(environment, { candidateWeightPercent, mirrorPercent: 0 });
      return Promise.resolve();
    },
    shapeTraffic: (environment, { weightPercent, mirrorPercent }) => {
      history.change(environment, { candidateWeightPercent: weightPercent, mirrorPercent });
      return Promise.resolve();
    },
    switchActive: (environment, to) => {
      const slot = idleOf(environment);
      if (to !== undefined && to !== slot) return Promise.resolve();
      const state = joinedState(environment, slot);
      if (state !== 'healthy') return refuse('ADAPTER_FAILED', `switch ${environment} to the ${slot} slot: it is ${state}`);
      history.change(environment, { active: slot, candidateWeightPercent: 0, mirrorPercent: 0 });
      return Promise.resolve();
    },
    retireIdle: (environment) => {
      put(environment, idleOf(environment), null, history.current(environment).moving);
      return Promise.resolve();
    },
    status: (environment) =>
      closed ? refuse('ADAPTER_CLOSED', `reach ${environment}: it was closed`) : Promise.resolve(status(environment)),
    migrate: (environment, artifact) => {
      const parts = [
        { service: undefined, artifact },
        ...(artifact.services ?? []).map((one) => ({ service: one.service, artifact: one })),
      ];
      const named = (service: string | undefined, what: string) => `simulated: ${service === undefined ? '' : `${service}: `}${what}`;
      const failed = parts.find((part) => world.fault('failed_migration', { environment, ...part }));
      if (failed) return Promise.resolve({ status: 'failed', output: named(failed.service, 'the migration failed'), durationMs: 1_000 });
      // One fault stands for the change itself, and the change is made in every environment that the candidate comes to.
      const changed = parts.filter((part) => world.fault('irreversible_migration', part));
      if (changed.length === 0) return Promise.resolve({ status: 'none', output: '', durationMs: 0 });
      for (const part of changed) oneWay.set(simulatedUrl({ environment, service: part.service }), part.artifact.digest);
      const output = changed.map(({ service }) => named(service, 'a column was dropped; this cannot be undone')).join('\n');
      return Promise.resolve({ status: 'applied', output, durationMs: 1_000 });
    },
    snapshot: (environment) =>
      Promise.resolve({ environment, status: 'none', reason: 'simulated: there is no data', files: [], durationMs: 0 }),
    migration: () => Promise.resolve(null),
    undoMigration: () => Promise.resolve({ ok: true, output: '', lost: { rows: null, tables: [] } }),
    dataHold: () => Promise.resolve(null),
    copyData: () => Promise.resolve({ status: 'none', reason: 'simulated: there is no data', tables: [], checked: null, durationMs: 0 }),
    logs: (environment, slot, lines) =>
      Promise.resolve([`simulated: ${history.current(environment).slots[slot]?.version ?? 'nothing'} in the ${slot} slot`].slice(0, lines)),
    counters: (environment) => {
      const since = history.beganAt(environment);
      const of = (slot: SlotName) => (since === null ? [] : sampler(environment, slot, since, world.clock.now()));
      const errors = (slot: SlotName) => of(slot).reduce((sum, sample) => sum + sample.errors, 0);
      return Promise.resolve({
        requests: slotNames.flatMap(of).reduce((sum, sample) => sum + sample.requests, 0),
        dropped: 0,
        errorsBySlot: { blue: errors('blue'), green: errors('green') },
      });
    },
    close: () => {
      closed = true;
      return Promise.resolve();
    },
  };
};

const refuse = (code: ErrorCode, what: string): Promise<never> => Promise.reject(new StagingError(code, `Failed to ${what}.`));
