import { byService } from './by-service.js';
import type { JudgeSlots } from './compare-slots.js';

const fromWorst = ['failed', 'inconclusive', 'passed'] as const;

/** Judges each of several services by its own samples: all of them are as good as the worst. */
export const judgeEachService =
  (judge: JudgeSlots): JudgeSlots =>
  ({ candidate, stable }, rules) => {
    const judged = byService(candidate).map((own) => {
      const service = own[0]?.service;
      const analysis = judge({ candidate: own, stable: stable.filter((sample) => sample.service === service) }, rules);
      return service === undefined ? analysis : { ...analysis, reason: `${service}: ${analysis.reason}` };
    });
    const worst = fromWorst.flatMap((outcome) => judged.find((one) => one.outcome === outcome) ?? [])[0];
    return worst ?? judge({ candidate, stable }, rules);
  };
