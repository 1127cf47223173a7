import { same } from '../blackboard/merge.js';
import { every, latest, type SettleInput } from './settle.js';

/**
 * Whether going back to development can change anything: attempts are left, and the branches point elsewhere than they did
 * when this candidate was integrated. The same commits would only fail again.
 */
export const canFix = ({ all, attempt, config, byPerson }: SettleInput): { possible: boolean; says: string } => {
  if (byPerson) return { possible: false, says: 'A person has ended it.' };
  if (attempt > config.maxFixAttempts) return { possible: false, says: `No attempt is left (${config.maxFixAttempts} allowed).` };
  const now = latest(all, 'read_source_heads')?.data.heads;
  const integrated = every(all, 'integrate_features').findLast((item) => item.attempt === attempt)?.data;
  if (!now || !integrated) return { possible: false, says: 'There is nothing to fix it with.' };
  const then = new Map([
    ['version', integrated.base],
    ...integrated.features.map(({ feature, commit }) => [feature, commit] as const),
  ] as const);
  return same(now, Object.fromEntries(then))
    ? {
        possible: false,
        says: 'The branches have not changed, so the same commits would fail again: push a fix and ask for a new release.',
      }
    : { possible: true, says: 'The branches have changed since: back to development.' };
};
