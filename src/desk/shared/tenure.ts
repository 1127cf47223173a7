import type { Fence, openLeases } from '../../blackboard/leases.js';
import { StagingError } from '../../catalog/errors.js';
import type { Clock } from '../../tools/ports.js';

type Options = {
  leases: ReturnType<typeof openLeases>;
  fence: Fence;
  release: string;
  holder: string;
  leaseMs: number;
  lost: AbortSignal;
  /** For how long it is taken again for what goes on afterwards. */
  momentMs?: number;
};

/**
 * What a worker may do in an environment: everything while its lease is on, and afterwards what its turn has left going on there, the guard
 * of a candidate and the end of an old version, for a moment each and while no other worker or release has it. It ends with the next turn.
 */
export type Tenure = ReturnType<typeof openTenure>;

export const openTenure = ({ leases, fence, release, holder, leaseMs, lost, momentMs = 5_000 }: Options) => {
  let after: { ended: boolean } | null = null;
  let over = false;
  let letting: NodeJS.Timeout | undefined;
  const refuse = (): never => {
    throw new StagingError('LEASE_LOST', `Failed to act in ${fence.environment}: the lease is another worker's by now.`);
  };
  const takeAgain = async ({ ended }: { ended: boolean }): Promise<void> => {
    clearTimeout(letting);
    if (!(await leases.renew(fence, leaseMs))) {
      const { environment } = fence;
      const again = await leases.take({ environment, release: ended ? null : release, holder, ms: leaseMs });
      fence.token = again?.token ?? refuse();
    }
    letting = setTimeout(() => void leases.letGo(fence, { ended }).catch(() => undefined), momentMs); // or it runs out by itself
  };
  return {
    /** Asked before everything that changes the world. Throws LEASE_LOST. */
    permit: async (): Promise<void> => {
      if (over || (after === null && lost.aborted)) refuse();
      await (after === null ? leases.hold(fence, leaseMs) : takeAgain(after));
    },
    /** Asked before something is told of what goes on afterwards. Throws LEASE_LOST. */
    permitAfter: async (): Promise<void> => {
      if (over) refuse();
      if (after !== null) await takeAgain(after);
    },
    /** The turn is over, its lease has been let go of. */
    outlast: (ended: boolean): void => void (after = { ended }),
    /** Nothing goes on any more. */
    end: (): void => void (over = true),
    /** The same clock, on which nobody sleeps on behind the end. */
    clockOf: <C extends Clock>(clock: C): C => {
      if (!clock.passesByItself) return clock; // nothing goes on beside the agents on it
      return Object.create(clock, {
        sleep: {
          value: async (ms: number, signal?: AbortSignal): Promise<void> => {
            await clock.sleep(ms, signal);
            if (over) refuse();
          },
        },
      }) as C; // everything else is inherited
    },
  };
};
