import { StagingError } from '../../catalog/errors.js';
import type { RolloutConfig } from '../../catalog/config.js';
import type { RolloutRecord, WeightChange } from '../../catalog/tools.js';
import { formatDuration } from '../../gates/words.js';
import type { Ports } from '../ports.js';
import { sendTrafficBack } from './send-traffic-back.js';

/**
 * After a completed rollout, all traffic back to the version before, which still stands by: one call, no new deployment, and no
 * question asked. A freeze is no obstacle. Throws ROLLBACK_WINDOW_OVER, ROLLBACK_TARGET_GONE.
 */
export const switchBack = async (
  { clock, deployment }: Pick<Ports, 'clock' | 'deployment'>,
  { environment, slot, version, digest, previousVersion, startedAt, durationMs }: RolloutRecord,
  { rollbackWindowMs }: Pick<RolloutConfig, 'rollbackWindowMs'>,
  reason: string,
): Promise<WeightChange> => {
  const sinceMs = clock.now() - (startedAt + durationMs);
  if (sinceMs > rollbackWindowMs)
    throw new StagingError(
      'ROLLBACK_WINDOW_OVER',
      `Failed to go back from ${version} in ${environment}: the window of ${formatDuration(rollbackWindowMs)} after its deployment is over.`,
    );
  const { slots, activeSlot } = await deployment.status(environment);
  const [candidate, before] = [slots.find((one) => one.slot === slot), slots.find((one) => one.slot !== slot)];
  if (candidate?.digest !== digest || activeSlot !== slot || previousVersion === null || before?.version !== previousVersion)
    throw new StagingError(
      'ROLLBACK_TARGET_GONE',
      `Failed to go back from ${version} in ${environment}: ${activeSlot === slot ? `${previousVersion ?? 'nothing'} no longer stands by` : 'it does not serve there any more'}.`,
    );
  const held = await sendTrafficBack(deployment, environment, slot);
  if (held !== null)
    throw new StagingError('ROLLBACK_TARGET_GONE', `Failed to go back from ${version} in ${environment}: ${held}.`, {
      remedy: 'Release a version that mends it.',
    });
  return { at: clock.now(), environment, weight: 0, slot, reason };
};
