/** Verdicts for people who never run an agent: measurements in, verdicts out. */
export { evaluateGate, explainGate, isOpen, worst } from './evaluate-gate.js';
export { judgeCanary } from './canary/judge-canary.js';
export { explainCanary } from './canary/explain-canary.js';
export { findBreach } from './breach.js';
export { sameVerdict } from './verify-verdict.js';
export { kayenta } from './kayenta/kayenta.js';
