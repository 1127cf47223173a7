import type { Clock } from '../../ports.js';
import { answersHealthy, type Target } from './target.js';

const pace = { firstMs: 40, laterMs: 1_000, patienceMs: 2_000, missesUntilIll: 3 };

/**
 * Asks a process for its health: quickly until it answers for the first time, then once a second. It tells of changes only,
 * and three misses in a row make a change: one late answer under load is not an illness.
 */
export const followHealth = async (
  target: Target,
  path: string,
  clock: Clock,
  signal: AbortSignal,
  changed: (healthy: boolean) => void,
): Promise<void> => {
  let healthy = false;
  let met = false;
  let misses = 0;
  while (!signal.aborted) {
    const answered = await answersHealthy(target, path, pace.patienceMs);
    if (signal.aborted) return;
    misses = answered ? 0 : misses + 1;
    if (answered !== healthy && (answered || misses >= pace.missesUntilIll)) {
      healthy = answered;
      met ||= healthy;
      changed(healthy);
    }
    await clock.sleep(met ? pace.laterMs : pace.firstMs, signal);
  }
};
