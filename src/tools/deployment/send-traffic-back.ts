import type { EnvironmentName, SlotName } from '../../catalog/tools.js';
import type { DeploymentPort } from '../ports.js';

const turns = new WeakMap<DeploymentPort, Promise<unknown>>();

/**
 * All traffic to the slot that is not the candidate's, whichever of the two is active now. Nothing to do is fine. Callers take
 * turns: two that see the same breach must not switch twice. Returns null when it is there, or why it is not: the old version can't
 * live with the data, so all traffic stays with the candidate that has had it.
 */
export const sendTrafficBack = (
  deployment: DeploymentPort,
  environment: EnvironmentName,
  candidateSlot: SlotName,
): Promise<string | null> => {
  const before = turns.get(deployment) ?? Promise.resolve();
  const turn = before.then(async () => {
    const { activeSlot, candidateWeightPercent, slots } = await deployment.status(environment);
    const candidate = slots.find(({ slot }) => slot === candidateSlot);
    const hasTraffic = activeSlot === candidateSlot || candidateWeightPercent > 0;
    const held = hasTraffic && candidate?.digest != null ? await deployment.dataHold(environment, candidate.digest) : null;
    if (held === null) {
      if (activeSlot === candidateSlot) await deployment.switchActive(environment);
      await deployment.setWeight(environment, 0);
      return null;
    }
    if (activeSlot !== candidateSlot && candidate?.state === 'healthy') await deployment.switchActive(environment);
    return `the traffic stays on ${candidate?.version ?? 'the candidate'} in the ${candidateSlot} slot: ${held}`;
  });
  turns.set(
    deployment,
    turn.catch(() => undefined), // its own caller hears of it; the next one has its own try
  );
  return turn;
};
