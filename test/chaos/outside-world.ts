import type { StagingConfig } from '../../src/catalog/config.js';
import { StagingError } from '../../src/catalog/errors.js';
import type { EnvironmentName, EnvironmentStatus } from '../../src/catalog/tools.js';
import type { FaultInput } from '../../src/scenario/faults.js';
import { openSimulatedPorts } from '../../src/scenario/simulated-world.js';
import { VirtualClock } from '../../src/scenario/virtual-clock.js';
import type { Artifact, Ports } from '../../src/tools/ports.js';

/** What lies outside of the process that releases: it goes on when that process dies, and it counts what was really done to it. */
export type OutsideWorld = {
  ports: Ports;
  /** Every change of the world, in order: a second one of the same is an effect that happened twice. */
  effects: string[];
  /** What whoever is notified has heard. */
  told: () => string[];
  /** The process has died, and with it whatever it ran: an environment takes nothing more until it is provisioned again. */
  died: () => void;
  /** Sets the clock that everybody reads forward or back. */
  setClock: (byMs: number) => void;
};

export type WorldOptions = {
  config: StagingConfig;
  faults?: FaultInput[];
  /** false: what was done is done again when asked again. */
  idempotent?: boolean;
  told?: () => string[];
};

const taken = (environment: EnvironmentName) => ({ environment, status: 'taken' as const, reason: '', files: [], durationMs: 1_000 });

/**
 * The simulated world with data, tags and a memory of its own. Deployments and switches are counted by what they changed, the others
 * once per operation, as an adapter has to.
 */
export const openOutsideWorld = ({ config, faults = [], idempotent = true, told = () => [] }: WorldOptions): OutsideWorld => {
  const clock = new SetClock();
  const simulated = openSimulatedPorts({ config, faults, clock });
  const { deployment, source } = simulated;
  const effects: string[] = [];
  const known = new Set<string>();
  const once = (effect: string): void => {
    if (idempotent && known.has(effect)) return;
    known.add(effect);
    effects.push(effect);
  };
  const migrated = new Map<string, { environment: EnvironmentName; undone: boolean }>();

  /** What an act on the slots of an environment has changed there. */
  const watched = async <T>(environment: EnvironmentName, act: () => Promise<T>): Promise<T> => {
    const before = await deployment.status(environment);
    const done = await act();
    effects.push(...changesOf(environment, before, await deployment.status(environment)));
    return done;
  };

  const provisioned = new Set<EnvironmentName>();
  const refuseWhereNothingRuns = (environment: EnvironmentName): void => {
    if (!provisioned.has(environment)) throw new StagingError('ADAPTER_FAILED', `Failed to change ${environment}: it is not provisioned.`);
  };

  const ports: Ports = {
    ...simulated,
    deployment: {
      ...deployment,
      provision: (environment, stable) => {
        provisioned.add(environment);
        return watched(environment, () => deployment.provision(environment, stable));
      },
      deployIdle: async (environment, artifact) => {
        refuseWhereNothingRuns(environment);
        return watched(environment, () => deployment.deployIdle(environment, artifact));
      },
      setWeight: async (environment, percent) => {
        if (percent > 0) refuseWhereNothingRuns(environment);
        return deployment.setWeight(environment, percent);
      },
      switchActive: (environment, to) => watched(environment, () => deployment.switchActive(environment, to)),
      retireIdle: (environment, drainMs) => watched(environment, () => deployment.retireIdle(environment, drainMs)),
      snapshot: (environment, _: Artifact, operation) => {
        once(`snapshot of ${environment} for ${operation}`);
        return Promise.resolve(taken(environment));
      },
      migrate: (environment, _, operation = '') => {
        once(`migration of ${environment} for ${operation}`);
        migrated.set(`${environment} ${operation}`, { environment, undone: migrated.get(`${environment} ${operation}`)?.undone ?? false });
        return Promise.resolve({
          ...{ status: 'applied' as const, output: '', durationMs: 1_000, kind: 'reversible' as const },
          ...{ migrations: [{ id: 'one', kind: 'reversible' as const, why: '' }], snapshot: taken(environment) },
        });
      },
      migration: (environment, operation) => {
        const found = migrated.get(`${environment} ${operation}`);
        if (found === undefined) return Promise.resolve(null);
        return Promise.resolve({
          ...{ kind: 'reversible' as const, migrations: [{ id: 'one', kind: 'reversible' as const, why: '' }] },
          ...{ state: found.undone ? ('undone' as const) : ('applied' as const), undoing: found.undone ? ('down' as const) : null },
          ...{ snapshot: taken(environment), writes: { rows: 0, tables: [] } },
        });
      },
      undoMigration: (environment, operation) => {
        once(`migration of ${environment} for ${operation} undone`);
        migrated.set(`${environment} ${operation}`, { environment, undone: true });
        return Promise.resolve({ ok: true, output: '', lost: { rows: 0, tables: [] } });
      },
      copyData: (_, operation) => {
        once(`data copied for ${operation}`);
        return Promise.resolve({ status: 'none', reason: 'there is no data', tables: [], checked: null, durationMs: 0 });
      },
    },
    source: {
      ...source,
      tag: (wanted) => {
        once(`tag ${wanted.version} at ${wanted.commit.slice(0, 7)}`);
        return source.tag(wanted);
      },
    },
  };
  return { ports, effects, told, died: () => provisioned.clear(), setClock: clock.set };
};

class SetClock extends VirtualClock {
  private aheadMs = 0;
  readonly set = (byMs: number): void => void (this.aheadMs += byMs);

  override now(): number {
    return super.now() + this.aheadMs;
  }
}

const changesOf = (environment: EnvironmentName, before: EnvironmentStatus, after: EnvironmentStatus): string[] => {
  const deployed = after.slots.flatMap(({ slot, version, digest }) =>
    before.slots.find((one) => one.slot === slot)?.digest === digest
      ? []
      : [`deployment of ${version ?? 'nothing'} in ${environment} ${slot}`],
  );
  const switched = before.activeSlot === after.activeSlot ? [] : [`switch of ${environment} to ${after.activeSlot}`];
  return [...deployed, ...switched];
};
