import type { ScenarioInput } from './scenario-schema.js';
import stagingEnvScenario from './scenarios/staging-env-scenario.js';

/** The scenarios that come with the package: the document's own, then every failing path of the workflow. */
export const shippedScenarios: readonly ScenarioInput[] = [stagingEnvScenario];
