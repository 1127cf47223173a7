import type { StagingConfig } from '../../catalog/config.js';
import type { EnvironmentName } from '../../catalog/tools.js';
import type { DeploymentPort } from '../ports.js';
import { startTraffic, visitedPaths } from './traffic.js';

/** Gives each environment its configured visitors from the moment it is provisioned until it is closed. */
export const withTraffic = <D extends DeploymentPort>(deployment: D, config: StagingConfig): D => {
  const visitors = new Map<EnvironmentName, ReturnType<typeof startTraffic>>();
  const provision = deployment.provision.bind(deployment);
  const close = deployment.close.bind(deployment);
  return Object.assign(deployment, {
    provision: async (...args: Parameters<DeploymentPort['provision']>) => {
      const status = await provision(...args);
      const traffic = config.traffic[status.environment];
      if (traffic && !visitors.has(status.environment)) {
        visitors.set(status.environment, startTraffic(status.proxyUrl, traffic, visitedPaths(config, traffic)));
      }
      return status;
    },
    close: async () => {
      await Promise.all([...visitors.values()].map((visitor) => visitor.stop()));
      visitors.clear();
      await close();
    },
  });
};
