import { StagingError } from '../../catalog/errors.js';
import type { SharedDatabase } from './database.js';

/** A person whose process dies keeps the environment for so long. */
const leaseMs = 15_000;

/**
 * Keeps every release out of an environment while a person changes something there; workers come to it again afterwards. Returns how to let
 * go of it. Throws RELEASE_RUNNING where a release has it, or another person.
 */
export const holdEnvironment = async ({ leases }: SharedDatabase, environment: string, by: string): Promise<() => Promise<void>> => {
  const fence = await leases.take({ environment, release: null, holder: by, ms: leaseMs });
  if (fence === null) {
    const lease = await leases.of(environment);
    const whose = lease?.release == null ? `${lease?.holder ?? 'somebody'} is at it` : `release ${lease.release} has it until it has ended`;
    throw new StagingError('RELEASE_RUNNING', `Failed to change ${environment}: ${whose}.`);
  }
  const renewing = setInterval(() => void leases.renew(fence, leaseMs).catch(() => undefined), leaseMs / 3); // it is asked again before the lease is over
  return () => {
    clearInterval(renewing);
    return leases.letGo(fence, { ended: true });
  };
};
