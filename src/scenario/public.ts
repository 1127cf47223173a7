/** The scenario kit: the simulated world, its clock, its faults, and the success criteria. */
export { openSimulatedPorts } from './simulated-world.js';
export { VirtualClock } from './virtual-clock.js';
export { faultSchema, type Fault, type FaultInput } from './faults.js';
export { deploymentMetricsOf, evaluateCriteria, type Criterion } from './evaluate-criteria.js';
