import { join } from 'node:path';
import type { StagingConfig } from '../catalog/config.js';
import { addressVariable, configOf, servicesInOrder } from '../catalog/services.js';
import type { EnvironmentName } from '../catalog/tools.js';
import { openInterventions } from './deployment/interventions.js';
import { joinServices } from './deployment/local/join-services.js';
import { openLocalDeployment, type LocalDeployment } from './deployment/local/open-local-deployment.js';
import { withTraffic } from './deployment/with-traffic.js';
import { openLocalFlags } from './flags/open-local-flags.js';
import { openLocalMonitoring } from './monitoring/open-local-monitoring.js';
import type { Ports } from './ports.js';
import { openGitSource } from './source/open-git-source.js';
import { systemClock } from './system-clock.js';
import { openLocalTesting } from './testing/open-local-testing.js';

type Options = { config: StagingConfig; configDir: string; stateDir: string };

/** The doors of this machine: real processes, a real repository, the real clock. */
export const openLocalPorts = (options: Options): Ports => {
  const own = { ...options, config: configOf(options.config, options.config.service.name), clock: systemClock };
  const deployment = openDeployment(options);
  return {
    clock: systemClock,
    deployment,
    monitoring: openLocalMonitoring({ ...options, clock: systemClock, deployment }),
    testing: openLocalTesting(own),
    source: openGitSource(own),
    services: Object.fromEntries(
      options.config.services.map(({ name }) => {
        const its = { ...options, config: configOf(options.config, name), stateDir: folderOf(options, name), clock: systemClock };
        return [name, { source: openGitSource(its), testing: openLocalTesting(its) }];
      }),
    ),
    interventions: openInterventions(options.stateDir),
    flags: openLocalFlags({ ...options, clock: systemClock }),
  };
};

/** One environment of each name, or one per service joined into one. */
const openDeployment = (options: Options): LocalDeployment => {
  const { config, stateDir } = options;
  const { service: first } = config;
  const addresses = new Map<string, string>();
  const open = (name: string): LocalDeployment => {
    const its = configOf(config, name);
    const addressesOf = (environment: EnvironmentName): Record<string, string> =>
      Object.fromEntries(its.service.dependsOn.map((other) => [addressVariable(other), addresses.get(`${environment}/${other}`) ?? '']));
    const deployment = openLocalDeployment({
      ...{ ...options, config: its, clock: systemClock, stateDir: folderOf(options, name) },
      ...{ flagsDir: stateDir, addresses: addressesOf },
    });
    return withTraffic(deployment, its);
  };
  if (config.services.length === 0) return open(first.name);
  return joinServices({
    first: first.name,
    members: servicesInOrder(config).map((service) => ({ service, deployment: open(service) })),
    stateDir,
    onAddress: (environment, service, url) => void addresses.set(`${environment}/${service}`, url),
  });
};

/** The first service's things lie where a single one's do. */
export const folderOf = ({ config, stateDir }: Pick<Options, 'config' | 'stateDir'>, name: string): string =>
  name === config.service.name ? stateDir : join(stateDir, 'services', name);
