import type { ReleaseRow } from '../blackboard/store.js';

/**
 * What a queued release waits for: the last one before it, in front of the same environments, that has not ended. `rows` come newest
 * first; in a database every service has environments of its own.
 */
export const waitsFor = (row: ReleaseRow, rows: readonly ReleaseRow[], { shared }: { shared: boolean }): string => {
  const before = rows.slice(rows.findIndex(({ id }) => id === row.id) + 1);
  const next = before.find((one) => one.state !== 'ended' && (!shared || one.request.service === row.request.service));
  return next === undefined ? 'waits for a worker' : `waits for ${next.id}`;
};
