import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StagingConfigInput } from '../src/catalog/config.js';
import { suiteKinds } from '../src/catalog/suite-kinds.js';
import type { Caller } from '../src/desk/desk-contract.js';
import { parseConfig } from '../src/graph/parse-config.js';
import { openReleaseDesk } from '../src/desk/release-desk.js';
import { pageAssets } from '../src/page/page-assets.js';
import { openSimulatedPorts } from '../src/scenario/simulated-world.js';
import { VirtualClock } from '../src/scenario/virtual-clock.js';
import { startServer } from '../src/server/start-server.js';

const owner: Caller = { name: 'owner', roles: ['viewer', 'requester', 'approver', 'operator'] };

/** `serve` on a desk in the simulated world, in a folder of its own: what the page shows is the same with every run. Needs `npm run build`. */
export const simulatedServer = async (rollout: NonNullable<StagingConfigInput['rollout']>, clock = new VirtualClock()) => {
  const folder = mkdtempSync(join(tmpdir(), 'staging-page-'));
  const config = parseConfig({
    service: { name: 'storefront', stable: 'v2.1.1', start: { command: ['true'] } },
    suites: suiteKinds.map((kind) => ({ name: kind, kind, command: ['true'] })),
    criticalUserPaths: ['/', '/checkout'],
    rollout,
    approvers: ['owner'],
    approval: { fourEyes: false },
  } satisfies StagingConfigInput);
  writeFileSync(join(folder, 'staging.config.json'), JSON.stringify(config));
  const desk = await openReleaseDesk({
    config: join(folder, 'staging.config.json'),
    dryRun: true,
    ports: openSimulatedPorts({ config, clock }),
  });
  const server = await startServer(desk, { host: '127.0.0.1', port: 0, as: 'owner', assets: pageAssets(), say: console.error });
  return {
    desk,
    owner,
    url: server.url,
    token: server.generated?.token ?? '',
    /** Takes a sentence as far as it goes without a person; its id. */
    release: async (sentence: string): Promise<string> => {
      const asked = await desk.request(owner, sentence);
      if (asked.kind === 'unclear') throw new Error(asked.question);
      await desk.settled(asked.release);
      return asked.release;
    },
    approve: async (id: string): Promise<void> => {
      const question = await desk.question(owner, id);
      await desk.decide(owner, id, { digest: question?.digest ?? '', decision: 'approved', comment: 'looked at the gates' });
      await desk.settled(id);
    },
    close: async (): Promise<void> => {
      await server.close();
      await desk.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
