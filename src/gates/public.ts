/** Verdicts for people who never run an agent: measurements in, verdicts out. */
export { evaluateGate, explainGate, isOpen, worst } from './evaluate-gate.js';
export { findBreach } from './breach.js';
export { compareSlots, type JudgeSlots } from './compare-slots.js';
export { doraMetrics } from './dora.js';
export { sameVerdict } from './verify-verdict.js';
