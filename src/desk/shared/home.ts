import type { Fence } from '../../blackboard/leases.js';
import { StagingError } from '../../catalog/errors.js';
import type { SharedDatabase } from './database.js';

/** Where the processes of an environment run. */
export type Home = {
  /** Whether they are this worker's. */
  isHere: () => boolean;
  /** For the next worker, once the processes have ended. */
  leave: () => Promise<void>;
};

type Told = { standsBy: (holder: string) => void; takesOver: () => void; lost: (error: StagingError) => void };

/**
 * Embedded environments are processes of their worker, which no other one reaches: they are one worker's at a time, whatever releases come
 * and go, and the others stand by until it gives no sign any more. Throws DATABASE_UNREACHABLE.
 */
export const openHome = async (
  { leases }: SharedDatabase,
  environment: string,
  { holder, leaseMs = 15_000 }: { holder: string; leaseMs?: number },
  told: Told,
): Promise<Home> => {
  const place = `home of ${environment}`;
  let fence: Fence | null = null;
  let looking: Promise<void> | null = null;
  let said = false;
  const look = async (): Promise<void> => {
    if (fence !== null) {
      if (!(await leases.renew(fence, leaseMs)))
        told.lost(
          new StagingError('LEASE_LOST', `Failed to keep ${environment}: this worker gave no sign, and another one has it by now.`),
        );
      return;
    }
    fence = await leases.take({ environment: place, release: null, holder, ms: leaseMs });
    if (fence !== null && said) told.takesOver();
    if (fence !== null || said) return;
    said = true;
    told.standsBy((await leases.of(place))?.holder ?? 'another worker');
  };
  const lookOnce = (): Promise<void> => (looking ??= look().finally(() => (looking = null)));
  const beat = setInterval(() => void lookOnce().catch(() => undefined), leaseMs / 3); // a database that is away is asked again
  await lookOnce();
  return {
    isHere: () => fence !== null,
    leave: async () => {
      clearInterval(beat);
      await looking?.catch(() => undefined);
      if (fence !== null) await leases.letGo(fence, { ended: true });
    },
  };
};
