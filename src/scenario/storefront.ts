import type { StagingConfigInput } from '../catalog/config.js';
import { suiteKinds } from '../catalog/suite-kinds.js';

/** What scenarios release unless they say otherwise. Nothing of it runs: the commands are never started. */
export const storefront: StagingConfigInput = {
  service: { name: 'storefront', stable: 'v2.1.1', start: { command: ['true'] } },
  suites: suiteKinds.map((kind) => ({ name: kind, kind, command: ['true'] })),
  criticalUserPaths: ['/'],
  rollout: {
    sampleMs: 60_000,
    steps: [
      { weightPercent: 10, pauseMs: 600_000 },
      { weightPercent: 50, pauseMs: 600_000 },
    ],
    watchMs: 600_000,
  },
  approvers: ['owner'],
};
