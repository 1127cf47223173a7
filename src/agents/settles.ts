import type { RoutineName } from '../catalog/routines.js';
import { deploymentValidator } from './deployment-validator.js';
import { environmentManager } from './environment-manager.js';
import { featureDeveloper } from './feature-developer.js';
import { monitoringSpecialist } from './monitoring-specialist.js';
import { qaTester } from './qa-tester.js';
import type { SettleInput, Settled } from './settle.js';

/** The settle function of every routine; a routine without one does not compile. */
export const settles: { [R in RoutineName]: (input: SettleInput) => Settled } = {
  ...environmentManager,
  ...featureDeveloper,
  ...qaTester,
  ...deploymentValidator,
  ...monitoringSpecialist,
};
