/** Conformance suites: the promises of every port and of the store, as cases that any test runner can run. */
export { type ConformanceCase, type Skips } from './conformance.js';
export { deploymentConformance, type DeploymentSubject } from './deployment-conformance.js';
export { monitoringConformance, type MonitoringSubject } from './monitoring-conformance.js';
export { sourceConformance, type SourceSubject } from './source-conformance.js';
export { storeConformance, type StoreSubject } from './store-conformance.js';
export { testingConformance, type TestingSubject } from './testing-conformance.js';
