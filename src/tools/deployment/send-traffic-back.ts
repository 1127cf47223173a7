import type { EnvironmentName, SlotName } from '../../catalog/tools.js';
import type { DeploymentPort } from '../ports.js';

/** All traffic to the slot that is not the candidate's, whichever of the two is active now. Nothing to do is fine. */
export const sendTrafficBack = async (deployment: DeploymentPort, environment: EnvironmentName, candidateSlot: SlotName): Promise<void> => {
  const status = await deployment.status(environment);
  if (status.activeSlot === candidateSlot) await deployment.switchActive(environment);
  await deployment.setWeight(environment, 0);
};
