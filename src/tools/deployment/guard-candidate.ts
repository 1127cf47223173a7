import type { RolloutConfig } from '../../catalog/config.js';
import { reason, StagingError } from '../../catalog/errors.js';
import type { RolloutRecord, WeightChange } from '../../catalog/tools.js';
import { findBreach } from '../../gates/breach.js';
import { describeBreach } from '../../rollout/describe-breach.js';
import type { Ports } from '../ports.js';
import { sendTrafficBack } from './send-traffic-back.js';

/** The doors that it looks and acts through. */
type Doors = Pick<Ports, 'clock' | 'monitoring' | 'deployment' | 'interventions'>;

/** Who hears of it: every change of traffic, and what keeps the guard from looking or acting. */
type Told = { weight: (change: WeightChange) => Promise<void>; trouble: (text: string, at: number) => Promise<void> };

/**
 * Watches a candidate that has taken all traffic, beside whatever the agents do meanwhile, and sends the traffic back at the first
 * breach, or at a word of a person or an alert. It only acts and tells; what it saw is in the samples, where the next health check
 * or soak finds it. An instrument that fails it is told once, at its second failure in a row, and the next sample is looked at all
 * the same. Ends by itself when the candidate no longer serves, or when the doors are closed (ADAPTER_CLOSED) or another worker's (LEASE_LOST). On a clock that stands
 * still while nobody sleeps there is nothing to watch beside the agents.
 */
export const guardCandidate = async (
  doors: Doors,
  rollout: RolloutRecord,
  plan: RolloutConfig,
  told: Told,
  release: string,
): Promise<void> => {
  let failures = 0;
  while (doors.clock.passesByItself) {
    await doors.clock.sleep(plan.sampleMs);
    try {
      if ((await look(doors, rollout, plan, told, release)) === 'over') return;
      failures = 0;
    } catch (error) {
      if (error instanceof StagingError && ['ADAPTER_CLOSED', 'LEASE_LOST'].includes(error.code)) return;
      failures += 1;
      if (failures === 2) await told.trouble(`the guard of ${rollout.environment} can't look or act: ${reason(error)}`, doors.clock.now());
    }
  }
};

const look = async (
  { clock, monitoring, deployment, interventions }: Doors,
  { environment, slot, digest, startedAt, durationMs }: RolloutRecord,
  plan: RolloutConfig,
  told: Told,
  release: string,
): Promise<'go on' | 'over'> => {
  const status = await deployment.status(environment);
  const occupant = status.slots.find((one) => one.slot === slot);
  if (status.activeSlot !== slot || occupant?.digest !== digest) return 'over';
  const sinceAt = startedAt + durationMs;
  const from = Math.max(sinceAt, clock.now() - plan.sampleMs * (plan.breach.windowSamples + 2));
  const breach = findBreach(await monitoring.samples(environment, slot, from, clock.now()), plan.breach);
  const word = breach === null ? await interventions?.pending({ environment, release, sinceAt }) : null;
  const cause = breach !== null ? `after the rollout ${describeBreach(breach)}` : word ? `${word.by}: ${word.reason}` : null;
  if (cause === null) return 'go on';
  const held = await sendTrafficBack(deployment, environment, slot);
  const reason = held === null ? cause : `${cause}, but ${held}`;
  await told.weight({ at: clock.now(), environment, weight: held === null ? 0 : 100, slot, reason });
  return 'over';
};
