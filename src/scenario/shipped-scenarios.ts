import type { ScenarioInput } from './scenario-schema.js';
import approvalLate from './scenarios/approval-late.js';
import approvalRefused from './scenarios/approval-refused.js';
import breachInTheCanary from './scenarios/breach-in-the-canary.js';
import crashDuringDeployment from './scenarios/crash-during-deployment.js';
import creditsExhausted from './scenarios/credits-exhausted.js';
import flappingMetric from './scenarios/flapping-metric.js';
import migrationWithoutReturn from './scenarios/migration-without-return.js';
import monitoringDown from './scenarios/monitoring-down.js';
import noData from './scenarios/no-data.js';
import oneBadFeatureOfTwo from './scenarios/one-bad-feature-of-two.js';
import oneBadFeatureOfThree from './scenarios/one-bad-feature-of-three.js';
import redTestThenFix from './scenarios/red-test-then-fix.js';
import stagingEnvScenario from './scenarios/staging-env-scenario.js';
import timeExhausted from './scenarios/time-exhausted.js';
import twoServicesGoBack from './scenarios/two-services-go-back.js';

/** The scenarios that come with the package: the document's own, then every failing path of the workflow. */
export const shippedScenarios: readonly ScenarioInput[] = [
  stagingEnvScenario,
  redTestThenFix,
  breachInTheCanary,
  noData,
  monitoringDown,
  flappingMetric,
  approvalRefused,
  approvalLate,
  creditsExhausted,
  timeExhausted,
  crashDuringDeployment,
  migrationWithoutReturn,
  oneBadFeatureOfTwo,
  oneBadFeatureOfThree,
  twoServicesGoBack,
];
