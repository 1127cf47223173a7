import type { StagingConfig } from '../catalog/config.js';
import { openInterventions } from './deployment/interventions.js';
import { openLocalDeployment } from './deployment/local/open-local-deployment.js';
import { withTraffic } from './deployment/with-traffic.js';
import { openLocalFlags } from './flags/open-local-flags.js';
import { openLocalMonitoring } from './monitoring/open-local-monitoring.js';
import type { Ports } from './ports.js';
import { openGitSource } from './source/open-git-source.js';
import { systemClock } from './system-clock.js';
import { openLocalTesting } from './testing/open-local-testing.js';

/** The doors of this machine: real processes, a real repository, the real clock. */
export const openLocalPorts = (options: { config: StagingConfig; configDir: string; stateDir: string }): Ports => {
  const deployment = withTraffic(openLocalDeployment({ ...options, clock: systemClock }), options.config);
  return {
    clock: systemClock,
    deployment,
    monitoring: openLocalMonitoring({ ...options, clock: systemClock, deployment }),
    testing: openLocalTesting({ ...options, clock: systemClock }),
    source: openGitSource({ ...options, clock: systemClock }),
    interventions: openInterventions(options.stateDir),
    flags: openLocalFlags({ ...options, clock: systemClock }),
  };
};
