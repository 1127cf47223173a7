import type { Analysis } from '../catalog/analysis.js';
import { byService } from './by-service.js';
import { lookAtSlots, notLooked, type Looked } from './judge-slots.js';

/** The looks at each of several services so far. */
export type LookedEach = ReadonlyMap<string | undefined, Looked>;

const fromWorst = ['failed', 'inconclusive', 'passed'] as const;

/**
 * Looks at each of several services by its own samples: all of them are as good as the worst. They share the false alarms that are
 * allowed (Bonferroni), so that more services do not mean more of them.
 */
export const lookAtEachService = (
  before: LookedEach,
  { candidate, stable }: Parameters<typeof lookAtSlots>[1],
  step: Parameters<typeof lookAtSlots>[2],
  rules: Parameters<typeof lookAtSlots>[3],
): { each: LookedEach; analysis: Analysis } => {
  const groups = byService(candidate);
  const shared = { ...rules, confidence: 1 - (1 - rules.confidence) / Math.max(1, groups.length) };
  const each = new Map(
    groups.map((own) => {
      const service = own[0]?.service;
      const slots = { candidate: own, stable: stable.filter((sample) => sample.service === service) };
      return [service, lookAtSlots(before.get(service) ?? notLooked, slots, step, shared)] as const;
    }),
  );
  const judged = [...each].map(([service, { analysis }]) =>
    service === undefined ? analysis : { ...analysis, reason: `${service}: ${analysis.reason}` },
  );
  const worst = fromWorst.flatMap((outcome) => judged.find((one) => one.outcome === outcome) ?? [])[0];
  return { each, analysis: worst ?? notLooked.analysis };
};
