/** Verdicts for people who never run an agent: measurements in, verdicts out. */
export { evaluateGate, explainGate, isOpen, worst } from './evaluate-gate.js';
export { judgeCanary } from './canary/judge-canary.js';
export { explainCanary } from './canary/explain-canary.js';
export { findBreach } from './breach.js';
export { lookAtSlots, notLooked } from './judge-slots.js';
export { doraMetrics } from './dora.js';
export { sameVerdict } from './verify-verdict.js';
export { keptn } from './keptn/keptn.js';
export { argo } from './argo/argo.js';
export { openslo } from './openslo/openslo.js';
export { scorecard } from './scorecard/scorecard.js';
export { assessRunControl } from './run-control/assess-run-control.js';
export type { Explanation } from './scorecard/explanation.js';
export { lintConfig, lintPolicy } from './lint/lint-policy.js';
export { kayenta } from './kayenta/kayenta.js';
