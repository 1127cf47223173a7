import type { Analysis, CanaryVerdict } from '../catalog/analysis.js';
import type { RolloutConfig } from '../catalog/config.js';
import type { Sample } from '../catalog/measurements.js';
import type { CanaryInput } from './canary/canary-policy.js';
import { judgeCanary } from './canary/judge-canary.js';
import { withMirrored } from './with-mirrored.js';
import { counted } from './words.js';

type Rules = RolloutConfig['analysis'];
/** Both slots since the step began, oldest first. */
type Slots = { candidate: readonly Sample[]; stable: readonly Sample[] };
/** When the step began, after which time it may go on, and after which it ends in any case. */
type Step = { sinceAt: number; pauseMs: number; endMs: number };

/** The looks of a step so far, as shares of its time, and what the newest has shown. */
export type Looked = { shares: readonly number[]; requests: number; analysis: Analysis };

export const notLooked: Looked = {
  shares: [],
  requests: 0,
  analysis: { outcome: 'inconclusive', reason: 'the candidate got too few requests in this step to be compared' },
};

/** A look is worth its share of the false alarms when the candidate's requests have grown by half since the one before. */
const growth = 1.5;

/**
 * The candidate against the stable version, by the judge of canaries: failed requests as proportions, latency by ranks. It is asked with
 * every sample and looks only when that is due: when requests have grown by half, when the pause of the step is over, and at its end.
 * The looks share the false alarms of the step by its calendar time (Lan and DeMets, Statistics in Medicine 8, 1989), for how many
 * requests will come is not known. A look that failed stays failed. Pure, and a breach is not its business.
 */
export const lookAtSlots = (before: Looked, slots: Slots, step: Step, rules: Rules): Looked => {
  const requests = countOf(slots.candidate).total;
  const heldMs = (slots.candidate.at(-1)?.at ?? step.sinceAt) - step.sinceAt;
  const share = step.endMs > 0 ? Math.min(1, heldMs / step.endMs) : 1;
  const last = before.shares.at(-1) ?? 0;
  const passed = (ms: number) => last * step.endMs < ms && heldMs >= ms;
  const isDue = requests >= before.requests * growth || passed(step.pauseMs) || share === 1;
  if (before.analysis.outcome === 'failed' || requests < rules.minRequests || share <= last || !isDue) return before;
  const shares = [...before.shares, share];
  const verdict = judgeCanary(inputOf(slots, rules, { looks: shares, minutes: heldMs / 60_000 }));
  return { shares, requests, analysis: analysisOf(verdict, requests) };
};

const countOf = (samples: readonly Sample[]): { events: number; total: number } =>
  samples
    .map(withMirrored)
    .reduce(({ events, total }, sample) => ({ events: events + sample.errors, total: total + sample.requests }), { events: 0, total: 0 });

const latencyOf = (samples: readonly Sample[]): number[] => samples.flatMap((sample) => withMirrored(sample).latencyAverageMs ?? []);

const inputOf = ({ candidate, stable }: Slots, rules: Rules, when: { looks: number[]; minutes: number }): CanaryInput => ({
  metrics: [
    {
      ...{ name: 'error_rate', control: countOf(stable), experiment: countOf(candidate) },
      ...{ tolerance: 0, absoluteTolerance: rules.errorRateIncrease, minSamples: rules.minRequests },
    },
    ...(rules.latencyIncrease === null
      ? []
      : [
          {
            ...{ name: 'latency', control: latencyOf(stable), experiment: latencyOf(candidate), direction: 'increase' as const },
            ...{ tolerance: rules.latencyIncrease, absoluteTolerance: rules.latencyIncreaseMs, minSamples: rules.minSamples },
          },
        ]),
  ],
  falseAlarmRate: 1 - rules.confidence,
  power: rules.power,
  spending: rules.spending,
  ...when,
});

const analysisOf = (verdict: CanaryVerdict, requests: number): Analysis => {
  const { outcome, metrics } = verdict;
  const deciding = metrics.filter((metric) => metric.outcome === outcome).map(({ metric, reason }) => `${metric}: ${reason}`);
  const needed = outcome === 'inconclusive' ? neededOf(verdict, requests) : null;
  return { outcome, reason: [...deciding, ...neededWords(needed)].join('; '), needed, verdict };
};

/** Missing seconds of latency are missing requests too. */
const neededOf = ({ metrics, needed }: CanaryVerdict, requests: number): NonNullable<Analysis['needed']> => {
  const each = metrics.flatMap((one) => {
    if (one.needed === null) return [];
    const perSample = one.metric === 'latency' ? requests / Math.max(1, one.canary?.samples ?? 1) : 1;
    return [one.needed.canary === null ? null : Math.ceil(one.needed.canary * perSample)];
  });
  return {
    requests: each.some((one) => one === null) ? null : Math.max(0, ...each.flatMap((one) => one ?? [])),
    minutes: needed?.minutes ?? null,
  };
};

const neededWords = (needed: Analysis['needed']): string[] =>
  needed?.requests == null
    ? []
    : [
        `in all ${counted(needed.requests, 'more request')} of the candidate${needed.minutes === null ? '' : `, about ${counted(needed.minutes, 'minute')}`}`,
      ];
