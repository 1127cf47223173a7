import { StagingError } from '../catalog/errors.js';
import type { RoutineContext } from './routine-context.js';

/** A rollout's pauses are waiting, not work. */
const waiting = ['run_rollout', 'promote_to_production'];

/** Throws LIMIT_REACHED where the tools of a release have worked for longer than its limits allow. */
export const checkActiveTime = async ({ store, releaseId, config }: RoutineContext, routine: string): Promise<void> => {
  const active = await store.activeMs(releaseId, waiting);
  const { maxActiveMinutes } = config.limits;
  if (active > maxActiveMinutes * 60_000)
    throw new StagingError(
      'LIMIT_REACHED',
      `Stopped before ${routine}: ${(active / 60_000).toFixed(1)} of ${maxActiveMinutes} active minutes are used.`,
    );
};
