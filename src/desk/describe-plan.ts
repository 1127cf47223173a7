import type { PlanStep } from '../catalog/measurements.js';

const signs: Record<PlanStep['reversal'], string> = {
  reversible: 'reversible',
  snapshot: 'needs a snapshot',
  'forward-only': 'forward only',
};

/** The plan of a release for people: its steps in order, each with whether it goes back and how. */
export const describePlan = (plan: readonly PlanStep[]): string[] =>
  plan.map(
    ({ service, step, what, reversal, back }, at) =>
      `${at + 1}. ${service.padEnd(12)} ${step.padEnd(13)} ${signs[reversal].padEnd(16)} ${what}; back: ${back}`,
  );
