import { join, resolve } from 'node:path';
import type { StagingConfig } from '../../../catalog/config.js';
import type { ConfigurationChange } from '../../../catalog/measurements.js';
import type { EnvironmentName, SlotName, ToolResult } from '../../../catalog/tools.js';
import { flagFileIn } from '../../flags/open-local-flags.js';
import { postgresUrls } from '../../data/postgres/urls.js';
import type { Artifact, Clock, DeploymentPort } from '../../ports.js';
import { createEnvironment, type Environment } from './environment.js';
import type { SlotObservation } from './observe-slot.js';
import type { Resources } from './process-usage.js';
import type { Crash } from './slot.js';

/** The deployment port, and what the monitoring adapter may look at. */
export interface LocalDeployment extends DeploymentPort {
  readonly name: 'local';
  configuration(environment: EnvironmentName, service?: string): Promise<ConfigurationChange>;
  /** What would keep the artifact's migration from being run, before anything is; null when nothing does. */
  migrationObstacle(environment: EnvironmentName, artifact: Artifact, operation: string): Promise<ToolResult<'migrate_database'> | null>;
  /** Every occupied slot as it is now. Takes the latencies along: one reader per environment. */
  observe(environment: EnvironmentName): SlotObservation[];
  /** CPU since the last call and memory now, of every process of the slot together; null while none runs. */
  resourcesOf(environment: EnvironmentName, slot: SlotName, service?: string): Promise<Resources | null>;
  /** Told when a process that was healthy ends by itself. Gives back what ends the listening. */
  onCrash(listener: (crash: Crash) => void): () => void;
}

/**
 * Deployments on this machine: real processes in a blue and a green slot, behind a proxy on 127.0.0.1 that deals requests
 * out by weight and switches without losing one. Staging and production are two of the same.
 */
export const openLocalDeployment = (options: {
  config: StagingConfig;
  stateDir: string;
  /** What paths of `data.copy` are relative to. */
  configDir?: string;
  clock: Clock;
  /** Added to the environment of every process and migration. */
  env?: Record<string, string>;
  /** Where the flags are kept, if not with the rest. */
  flagsDir?: string;
  /** Variables with the addresses of other services in an environment, asked at every start. */
  addresses?: (environment: EnvironmentName) => Record<string, string>;
}): LocalDeployment => {
  const { config, stateDir, clock, configDir = process.cwd(), env = {}, flagsDir = stateDir, addresses = () => ({}) } = options;
  const folderOf = (name: EnvironmentName): string => join(resolve(stateDir), 'environments', name);
  const listeners = new Set<(crash: Crash) => void>();
  const onCrash = (crash: Crash): void => listeners.forEach((listener) => listener(crash));
  const postgres = postgresUrls(config.data.postgres, configDir);
  const environmentOf = (name: EnvironmentName): Environment =>
    createEnvironment({
      ...{ name, config, clock, onCrash, configDir, postgres },
      env: { ...env, ...(postgres === null ? {} : { [postgres.variable]: postgres[name] }) },
      folder: folderOf(name),
      flagFile: flagFileIn(join(resolve(flagsDir), 'environments', name)),
      addresses: () => addresses(name),
      productionDir: join(folderOf('production'), 'data'),
    });
  const environments: Record<EnvironmentName, Environment> = { staging: environmentOf('staging'), production: environmentOf('production') };

  return {
    name: 'local',
    provision: (environment, stable) => environments[environment].provision(stable),
    deployIdle: (environment, artifact) => environments[environment].deployIdle(artifact),
    setWeight: (environment, percent) => environments[environment].setWeight(percent),
    shapeTraffic: (environment, shape) => environments[environment].shapeTraffic(shape),
    switchActive: (environment, to) => environments[environment].switchActive(to),
    retireIdle: (environment, drainMs) => environments[environment].retireIdle(drainMs),
    status: (environment) => environments[environment].status(),
    configuration: (environment) => environments[environment].configuration(),
    snapshot: (environment, artifact, operation) => environments[environment].data.snapshot(artifact, operation),
    migrate: (environment, artifact, operation = artifact.digest) => environments[environment].data.migrate(artifact, operation),
    migrationObstacle: (environment, artifact, operation) => environments[environment].data.obstacle(artifact, operation),
    migration: (environment, operation) => environments[environment].data.migration(operation),
    undoMigration: (environment, operation, way) => environments[environment].data.undo(operation, way),
    dataHold: (environment, digest) => environments[environment].data.holds(digest),
    copyData: (environment, operation) => environments[environment].data.copy(operation),
    logs: (environment, slot, lines) => Promise.resolve(environments[environment].logs(slot, lines)),
    logsBetween: (environment, slot, fromAt, toAt) => Promise.resolve(environments[environment].logsBetween(slot, fromAt, toAt)),
    counters: (environment) => Promise.resolve(environments[environment].counters()),
    observe: (environment) => environments[environment].observe(),
    resourcesOf: (environment, slot) => environments[environment].resourcesOf(slot),
    onCrash: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: async () => {
      await Promise.all([environments.staging.close(), environments.production.close()]);
    },
  };
};
