import type { StagingConfig } from '../../catalog/config.js';
import type { Clock, TestingPort } from '../ports.js';
import { scanHttp } from './http/scan-http.js';
import { runLoad } from './load/run-load.js';
import { sendVisitors } from './load/send-visitors.js';
import { auditDependencies } from './security/audit-dependencies.js';
import { scanCode } from './security/scan-code.js';
import { runSuite } from './suites/run-suite.js';

/** Testing on this machine: the suites' own programs, load from this process, files and probes. Nothing here throws for what it finds. */
export const openLocalTesting = (options: { config: StagingConfig; configDir: string; stateDir: string; clock: Clock }): TestingPort => {
  const { config, configDir, stateDir, clock } = options;
  return {
    name: 'local',
    runSuite: (suite, at) => runSuite(suite, at, stateDir),
    runLoad: (url, resources) => runLoad(config, clock, url, resources),
    visit: (url, visitors, forMs) => sendVisitors(clock, url, visitors, forMs),
    auditDependencies: (artifact) => auditDependencies(config.security, configDir, artifact),
    scanCode: (artifact) => scanCode(config.security.sarif, artifact),
    scanHttp: (url) => scanHttp(config, url),
  };
};
