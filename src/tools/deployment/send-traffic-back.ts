import type { EnvironmentName, SlotName } from '../../catalog/tools.js';
import type { DeploymentPort } from '../ports.js';

const turns = new WeakMap<DeploymentPort, Promise<void>>();

/**
 * All traffic to the slot that is not the candidate's, whichever of the two is active now. Nothing to do is fine. Callers take
 * turns: two that see the same breach must not switch twice.
 */
export const sendTrafficBack = (deployment: DeploymentPort, environment: EnvironmentName, candidateSlot: SlotName): Promise<void> => {
  const before = turns.get(deployment) ?? Promise.resolve();
  const turn = before.then(async () => {
    const status = await deployment.status(environment);
    if (status.activeSlot === candidateSlot) await deployment.switchActive(environment);
    await deployment.setWeight(environment, 0);
  });
  turns.set(
    deployment,
    turn.catch(() => undefined), // its own caller hears of it; the next one has its own try
  );
  return turn;
};
