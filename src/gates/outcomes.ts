import { checkOutcomes, type CheckOutcome } from '../catalog/gates.js';

/** Whether an outcome lets a release go on: the candidate passed, a person should look, or the owner does without. */
export const isOpen = (outcome: CheckOutcome): boolean => outcome === 'off' || outcome === 'passed' || outcome === 'warning';

/** The worst of several outcomes, by the order of the catalog. Nothing at all is `inconclusive`: missing evidence never opens a gate. */
export const worst = (outcomes: readonly CheckOutcome[]): CheckOutcome =>
  checkOutcomes.findLast((outcome) => outcomes.includes(outcome)) ?? 'inconclusive';
