import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createJiti } from 'jiti';
import { makeRepository } from '../../../examples/storefront/make-repository.mjs';
import { checkOutVersion } from '../../../examples/storefront/run-version.js';
import { configSchema } from '../../../src/catalog/config.js';
import type { RolloutRecord } from '../../../src/catalog/tools.js';
import { runRollout } from '../../../src/tools/deployment/run-rollout.js';
import { openLocalDeployment } from '../../../src/tools/deployment/local/open-local-deployment.js';
import { withTraffic } from '../../../src/tools/deployment/with-traffic.js';
import { openLocalMonitoring } from '../../../src/tools/monitoring/open-local-monitoring.js';
import { systemClock as clock } from '../../../src/tools/system-clock.js';
import { noIntents } from '../../support/no-intents.js';

const example = join(import.meta.dirname, '../../../examples/storefront');

/** The canary of a version of the shop against v2.2.0, with the example's own plan, visitors and breach rules, and no gate before it. */
export const canaryOf = async (version: string): Promise<RolloutRecord> => {
  const jiti = createJiti(import.meta.url, { alias: { 'langgraph-staging': join(import.meta.dirname, '../../../src/catalog/config.ts') } });
  const config = configSchema.parse(await jiti.import(join(example, 'staging.config.ts'), { default: true }));
  const folder = join(example, '.work', `canary-${process.pid}`);
  const stateDir = await mkdtemp(join(tmpdir(), 'canary-'));
  const repository = makeRepository(join(folder, 'repository')).path;
  const artifact = async (name: string) => {
    const path = join(folder, name);
    await checkOutVersion(repository, name, path);
    return { version: name, digest: `sha256:${name}`, path };
  };
  const deployment = withTraffic(openLocalDeployment({ config, stateDir, clock }), config);
  const monitoring = openLocalMonitoring({ config, stateDir, clock, deployment });
  try {
    const candidate = await artifact(version);
    await deployment.provision('staging', await artifact('v2.2.0'));
    await deployment.migrate('staging', candidate);
    const preview = await deployment.deployIdle('staging', candidate);
    const context = {
      releaseId: 'canary',
      attempt: 1,
      all: [],
      config,
      ports: { clock, deployment, monitoring },
      weight: () => Promise.resolve(),
      intents: noIntents,
      goOn: () => undefined,
    };
    return await runRollout('staging', candidate, context, preview);
  } finally {
    await monitoring.close();
    await deployment.close();
    await rm(folder, { recursive: true, force: true });
    await rm(stateDir, { recursive: true, force: true });
  }
};

/** Samples from the first in which the candidate failed a request to the last one before the traffic was back. */
export const samplesUntilBack = ({ samples }: RolloutRecord): number => samples.length - samples.findIndex((sample) => sample.errors > 0);
