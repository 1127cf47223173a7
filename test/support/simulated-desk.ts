import { openReleaseDesk } from '../../src/desk/release-desk.js';
import type { Caller, ReleaseDesk } from '../../src/desk/desk-contract.js';
import { openSimulatedPorts } from '../../src/scenario/simulated-world.js';
import { folderWith, simulatedService } from './command.js';
import { simulatedConfig } from './simulated-release.js';

export const sentence = 'ship storefront v2.2.0 with wishlist to staging, promote it if it is healthy';

/** Who stands behind each bearer token of the tests. */
export const callers: Record<string, Caller> = {
  vera: { name: 'vera', roles: ['viewer'] },
  rita: { name: 'rita', roles: ['requester', 'viewer'] },
  owner: { name: 'owner', roles: ['approver'] },
  olga: { name: 'olga', roles: ['operator', 'requester'] },
};

/** A desk in the simulated world, in a folder of its own; `reopen` is what a new server process finds there: the world outlives it. */
export const simulatedDesk = async (): Promise<{ desk: ReleaseDesk; folder: string; reopen: () => Promise<ReleaseDesk> }> => {
  const folder = await folderWith(simulatedService);
  const ports = openSimulatedPorts({ config: simulatedConfig() });
  const reopen = () => openReleaseDesk({ config: `${folder}/staging.config.json`, dryRun: true, ports });
  return { desk: await reopen(), folder, reopen };
};
