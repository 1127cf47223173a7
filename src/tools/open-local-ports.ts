import type { StagingConfig } from '../catalog/config.js';
import { openLocalDeployment } from './deployment/local/open-local-deployment.js';
import { withTraffic } from './deployment/with-traffic.js';
import { openLocalMonitoring } from './quick/open-local-monitoring.js';
import type { Clock, Ports } from './ports.js';
import { openGitSource } from './source/open-git-source.js';
import { openLocalTesting } from './testing/open-local-testing.js';

/** The doors of this machine: real processes, a real repository, the real clock. */
export const openLocalPorts = async (options: { config: StagingConfig; configDir: string; stateDir: string }): Promise<Ports> => {
  const deployment = withTraffic(await openLocalDeployment({ ...options, clock: systemClock }), options.config);
  return {
    clock: systemClock,
    deployment,
    monitoring: await openLocalMonitoring({ ...options, clock: systemClock, deployment }),
    testing: await openLocalTesting({ ...options, clock: systemClock }),
    source: await openGitSource({ ...options, clock: systemClock }),
  };
};

const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((done) => {
      const timer = setTimeout(finish, ms);
      function finish() {
        clearTimeout(timer);
        signal?.removeEventListener('abort', finish);
        done();
      }
      signal?.addEventListener('abort', finish, { once: true });
    }),
};
