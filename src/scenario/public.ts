/** The scenario kit: the document's own steps, the simulated world, its clock and faults, the success criteria, the matchers. */
export { ScenarioFactory, type ScenarioEvent, type ScenarioOptions } from './scenario-factory.js';
export { defineScenario, scenarioSchema, type Scenario, type ScenarioInput } from './scenario-schema.js';
export { loadScenario } from './load-scenario.js';
export { shippedScenarios } from './shipped-scenarios.js';
export { openSimulatedPorts, worldSchema, type SimulatedPorts, type WorldSettings } from './simulated-world.js';
export { storefront } from './storefront.js';
export { VirtualClock } from './virtual-clock.js';
export { faultKinds, faultSchema, type Fault, type FaultInput } from './faults.js';
export { deploymentMetricsOf, evaluateCriteria, type Criterion } from './evaluate-criteria.js';
export { stagingMatchers, type ReleaseView } from './matchers.js';
