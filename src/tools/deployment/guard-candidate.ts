import type { RolloutConfig } from '../../catalog/config.js';
import type { RolloutRecord, WeightChange } from '../../catalog/tools.js';
import { findBreach } from '../../gates/breach.js';
import { describeBreach } from '../../rollout/describe-breach.js';
import type { Ports } from '../ports.js';
import { sendTrafficBack } from './send-traffic-back.js';

/**
 * Watches a candidate that has taken all traffic, beside whatever the agents do meanwhile, and sends the traffic back at the first
 * breach, or at a word of a person or an alert. It only acts and tells; what it saw is in the samples, where the next health check
 * or soak finds it. Ends by itself when the candidate no longer serves. On a clock that stands still while nobody sleeps there is nothing to watch beside the agents.
 */
export const guardCandidate = async (
  { clock, monitoring, deployment, interventions }: Ports,
  { environment, slot, digest, startedAt, durationMs }: RolloutRecord,
  plan: RolloutConfig,
  tell: (change: WeightChange) => void,
  release: string,
): Promise<void> => {
  const sinceAt = startedAt + durationMs;
  while (clock.passesByItself) {
    await clock.sleep(plan.sampleMs);
    const status = await deployment.status(environment);
    const occupant = status.slots.find((one) => one.slot === slot);
    if (status.activeSlot !== slot || occupant?.digest !== digest) return;
    const from = Math.max(sinceAt, clock.now() - plan.sampleMs * (plan.breach.windowSamples + 2));
    const breach = findBreach(await monitoring.samples(environment, slot, from, clock.now()), plan.breach);
    const word = breach === null ? await interventions?.pending({ environment, release, sinceAt }) : null;
    const cause = breach !== null ? `after the rollout ${describeBreach(breach)}` : word ? `${word.by}: ${word.reason}` : null;
    if (cause === null) continue;
    const held = await sendTrafficBack(deployment, environment, slot);
    const reason = held === null ? cause : `${cause}, but ${held}`;
    return tell({ at: clock.now(), environment, weight: held === null ? 0 : 100, slot, reason });
  }
};
