import { StagingError, type ErrorCode } from '../catalog/errors.js';
import type { EnvironmentName, EnvironmentStatus, SlotName } from '../catalog/tools.js';
import type { Artifact, DeploymentPort } from '../tools/ports.js';
import type { SimulatedHistory } from './simulated-history.js';
import type { Sampler } from './simulated-sampler.js';
import type { World } from './simulated-world.js';

const slotNames = ['blue', 'green'] as const;

/** Two environments with two slots each, in memory. */
export const simulatedDeployment = (world: World, history: SimulatedHistory, sampler: Sampler): DeploymentPort => {
  /** Where a migration was applied after which only the candidate can read the data. */
  const oneWay = new Map<EnvironmentName, string>();
  let closed = false;
  const idleOf = (environment: EnvironmentName): SlotName => (history.current(environment).active === 'blue' ? 'green' : 'blue');
  const url = (environment: EnvironmentName, slot?: SlotName) => `simulated://${environment}${slot ? `/${slot}` : ''}`;

  const stateOf = (environment: EnvironmentName, slot: SlotName): EnvironmentStatus['slots'][number]['state'] => {
    const artifact = history.current(environment).slots[slot];
    if (artifact === null) return 'empty';
    const sole = oneWay.get(environment);
    if (sole !== undefined && sole !== artifact.digest) return 'unhealthy';
    if (!history.isCandidate(environment, artifact)) return world.fault('environment_not_ready', { environment }) ? 'unhealthy' : 'healthy';
    const at = world.clock.now();
    const trafficSince = history.trafficSince(environment, slot, at);
    if (trafficSince !== null && world.fault('crash', { environment, artifact, at, trafficSince })) return 'crashed';
    return world.fault('preview_dead', { environment, artifact }) ? 'unhealthy' : 'healthy';
  };

  const status = (environment: EnvironmentName): EnvironmentStatus => {
    const { active, candidateWeightPercent, slots } = history.current(environment);
    const serves = stateOf(environment, active) === 'healthy';
    return {
      environment,
      ready: serves,
      proxyUrl: url(environment),
      activeSlot: active,
      candidateWeightPercent,
      slots: slotNames.map((slot) => ({
        slot,
        state: stateOf(environment, slot),
        version: slots[slot]?.version ?? null,
        digest: slots[slot]?.digest ?? null,
        url: slots[slot] === null ? null : url(environment, slot),
        restarts: stateOf(environment, slot) === 'crashed' ? 1 : 0,
      })),
      services: [{ name: world.config.service.name, healthy: serves, url: url(environment), detail: 'simulated' }],
    };
  };

  const put = (environment: EnvironmentName, slot: SlotName, artifact: Artifact | null): void => {
    const { slots } = history.current(environment);
    if (slots[slot]?.digest !== artifact?.digest) history.change(environment, { slots: { ...slots, [slot]: artifact } });
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
      put(environment, slot, artifact);
      const healthy = stateOf(environment, slot) === 'healthy';
      return Promise.resolve({
        slot,
        version: artifact.version,
        digest: artifact.digest,
        url: url(environment, slot),
        healthy,
        startupMs: 800,
        detail: healthy ? '' : 'simulated: no answer',
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
      const state = stateOf(environment, slot);
      if (state !== 'healthy') return refuse('ADAPTER_FAILED', `switch ${environment} to the ${slot} slot: it is ${state}`);
      history.change(environment, { active: slot, candidateWeightPercent: 0, mirrorPercent: 0 });
      return Promise.resolve();
    },
    retireIdle: (environment) => {
      put(environment, idleOf(environment), null);
      return Promise.resolve();
    },
    status: (environment) =>
      closed ? refuse('ADAPTER_CLOSED', `reach ${environment}: it was closed`) : Promise.resolve(status(environment)),
    migrate: (environment, artifact) => {
      if (world.fault('failed_migration', { environment, artifact }))
        return Promise.resolve({ status: 'failed', output: 'simulated: the migration failed', durationMs: 1_000 });
      // One fault stands for the change itself, and the change is made in every environment that the candidate comes to.
      if (!world.fault('irreversible_migration', { artifact })) return Promise.resolve({ status: 'none', output: '', durationMs: 0 });
      oneWay.set(environment, artifact.digest);
      return Promise.resolve({ status: 'applied', output: 'simulated: a column was dropped; this cannot be undone', durationMs: 1_000 });
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
