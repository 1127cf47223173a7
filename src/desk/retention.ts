import type { ReleaseRow } from '../blackboard/store.js';
import type { StagingConfig } from '../catalog/config.js';

const dayMs = 86_400_000;

/**
 * What the policy lets go of, by release id. Never anything of a release that has not ended, never the journal of the newest that was
 * promoted (it says why production is what it is), nor one that could still be taken back.
 */
export const releasesToPrune = (
  rows: readonly ReleaseRow[],
  { retention, rollout }: Pick<StagingConfig, 'retention' | 'rollout'>,
  now: number,
): { forget: string[]; seal: string[] } => {
  const ended = rows.filter((row) => row.state === 'ended').toSorted((a, b) => b.updatedAt - a.updatedAt);
  const olderThan = (days: number, row: ReleaseRow) => now - row.updatedAt > days * dayMs;
  const serving = new Map(
    ended
      .filter((row) => row.outcome === 'promoted')
      .toReversed()
      .map((row) => [row.request.service, row.id]),
  );
  const { workingDays, journalDays, keepReleases } = retention;
  const canSeal = (row: ReleaseRow) =>
    journalDays !== null &&
    olderThan(journalDays, row) &&
    now - row.updatedAt > rollout.rollbackWindowMs &&
    serving.get(row.request.service) !== row.id;
  return {
    forget: ended.filter((row) => olderThan(workingDays, row)).map(({ id }) => id),
    seal: ended
      .slice(keepReleases)
      .filter(canSeal)
      .map(({ id }) => id),
  };
};
