import { StagingError } from '../catalog/errors.js';
import type { Connection, Postgres } from './postgres.js';

/** What a worker shows with everything that it does: the token rises with every lease, so that an older one is known. */
export type Fence = { environment: string; token: number };

/** Which release has an environment, until it has ended; and which worker acts for it now, if one does. */
type LeaseRow = { environment: string; token: number; release: string | null; holder: string | null };

/**
 * One environment, one release; one release, one worker. Time is the database's, so that no clock of a machine counts.
 * Throws DATABASE_UNREACHABLE, STORE_UNREADABLE.
 */
export const openLeases = ({ transaction }: Postgres) => {
  /** False where it is another worker's by now; one that has run out and that nobody took is still this one's. */
  const renew = ({ environment, token }: Fence, ms: number): Promise<boolean> =>
    transaction(async ({ ask }) => {
      const rows = await ask(
        `UPDATE staging.leases SET until = clock_timestamp() + $3 * interval '1 ms'
         WHERE environment = $1 AND token = $2 AND holder IS NOT NULL RETURNING token`,
        [environment, token, ms],
      );
      return rows.length > 0;
    });
  return {
    renew,
    /** Throws LEASE_LOST where it is another worker's by now; else it holds for so long from now on: asked before every effect on the world. */
    hold: async (fence: Fence, ms: number): Promise<void> => {
      if (!(await renew(fence, ms)))
        throw new StagingError('LEASE_LOST', `Failed to act in ${fence.environment}: its lease is another worker's by now.`);
    },
    /** Null while another release that stands in the line has the environment, or another worker acts for this one. Without a release a person holds it for as long as the lease. */
    take: ({
      environment,
      release,
      holder,
      ms,
    }: {
      environment: string;
      release: string | null;
      holder: string;
      ms: number;
    }): Promise<Fence | null> =>
      transaction(async ({ ask }) => {
        const [row] = await ask<{ token: number }>(
          `INSERT INTO staging.leases AS lease (environment, token, release, holder, until) VALUES ($1, 1, $2, $3, clock_timestamp() + $4 * interval '1 ms')
         ON CONFLICT (environment) DO UPDATE SET token = lease.token + 1, release = excluded.release, holder = excluded.holder, until = excluded.until
         WHERE (lease.release IS NULL OR lease.release = excluded.release
           OR NOT EXISTS (SELECT 1 FROM staging.line WHERE line.release = lease.release)) AND (lease.holder IS NULL OR lease.until < clock_timestamp())
         RETURNING token`,
          [environment, release, holder, ms],
        );
        return row === undefined ? null : { environment, token: row.token };
      }),
    /** The worker is done with it for now; `ended` says that the environment is free for the next release. */
    letGo: ({ environment, token }: Fence, { ended }: { ended: boolean }): Promise<void> =>
      transaction(async ({ ask }) => {
        await ask(
          `UPDATE staging.leases SET holder = NULL, release = CASE WHEN $3 THEN NULL ELSE release END WHERE environment = $1 AND token = $2`,
          [environment, token, ended],
        );
      }),
    of: async (environment: string): Promise<LeaseRow | null> =>
      (
        await transaction(({ ask }) =>
          ask<LeaseRow>('SELECT environment, token, release, holder FROM staging.leases WHERE environment = $1', [environment]),
        )
      )[0] ?? null,
    list: (): Promise<LeaseRow[]> =>
      transaction(({ ask }) => ask<LeaseRow>('SELECT environment, token, release, holder FROM staging.leases ORDER BY environment')),
  };
};

/** Throws LEASE_LOST. The row stays as it is until the transaction has ended: nobody takes the lease over while something is written under it. */
export const mustHold = async ({ ask }: Connection, { environment, token }: Fence): Promise<void> => {
  const held = await ask('SELECT 1 FROM staging.leases WHERE environment = $1 AND token = $2 AND holder IS NOT NULL FOR SHARE', [
    environment,
    token,
  ]);
  if (held.length === 0) throw new StagingError('LEASE_LOST', `Failed to write: the lease of ${environment} is another worker's by now.`);
};
