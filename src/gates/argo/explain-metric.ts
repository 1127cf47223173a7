import { unexplained, type Explanation } from '../scorecard/explanation.js';
import { counted } from '../words.js';
import { consecutiveErrorLimit, effectiveCount, exceededLimit, intValue } from './assess-metric.js';
import type { Phase } from './measurement.js';
import type { Replayed } from './replay.js';
import type { ArgoMetric } from './template.js';

/** Why a metric ended as it did: its value is the counter that decided, its target the limit of that counter. */
export const explainMetric = (metric: ArgoMetric, result: Replayed): Explanation => {
  const about = { ...unexplained, name: metric.name, outcome: result.phase, rule: ruleOf(metric), samples: result.taken };
  const exceeded = exceededLimit(metric, result)?.phase;
  if (exceeded !== undefined && exceeded in decided) {
    const { value, target, what } = decided[exceeded as keyof typeof decided](metric, result); // the line before asks whether it is one
    const last = result.message === '' ? '' : `; the last: ${result.message}`;
    return {
      ...about,
      value,
      target,
      margin: target - value,
      reason: `${value} ${what}, more than the ${target} allowed${last}`,
      wouldChange: `${counted(value - target, 'measurement')} fewer of those, or a limit of ${value}`,
    };
  }
  const count = effectiveCount(metric);
  const limit = intValue(metric.failureLimit);
  const failures = `${counted(result.failed, 'failure')} of ${counted(result.count, 'measurement')}`;
  return {
    ...about,
    value: result.failed,
    target: limit,
    margin: limit - result.failed,
    ...ended(result.phase, { failures, count, limit, result, metric }),
  };
};

const ruleOf = (metric: ArgoMetric): string => {
  const conditions = [
    ...(metric.successCondition ? [`success where ${metric.successCondition}`] : []),
    ...(metric.failureCondition ? [`failure where ${metric.failureCondition}`] : []),
  ];
  const count = effectiveCount(metric);
  const limits = `at most ${counted(intValue(metric.failureLimit), 'failure')}${count === null ? '' : ` in ${counted(count, 'measurement')}`}`;
  return `${conditions.join(', ') || 'no condition'}; ${limits}`;
};

const decided = {
  Failed: (metric: ArgoMetric, { failed }: Replayed) => ({
    value: failed,
    target: intValue(metric.failureLimit),
    what: failed === 1 ? 'measurement failed' : 'measurements failed',
  }),
  Inconclusive: (metric: ArgoMetric, { inconclusive }: Replayed) => ({
    value: inconclusive,
    target: intValue(metric.inconclusiveLimit),
    what: inconclusive === 1 ? 'measurement met neither condition' : 'measurements met neither condition',
  }),
  Error: (metric: ArgoMetric, { consecutiveError }: Replayed) => ({
    value: consecutiveError,
    target: consecutiveErrorLimit(metric),
    what: consecutiveError === 1 ? 'measurement errored' : 'measurements errored in a row',
  }),
};

type Known = { failures: string; count: number | null; limit: number; result: Replayed; metric: ArgoMetric };

const ended = (phase: Phase, { failures, count, limit, result, metric }: Known): Pick<Explanation, 'reason' | 'wouldChange'> => {
  const more = counted(Math.max(1, limit + 1 - result.failed), 'more failure');
  switch (phase) {
    case 'Successful':
      return { reason: `${failures}, within the limit of ${limit}`, wouldChange: `${more} among them` };
    case 'Running':
    case 'Pending':
      return {
        reason: result.taken === 0 ? 'nothing was measured yet' : `${failures}, and it is not complete`,
        wouldChange: count === null ? 'the end of the run: it has no count' : `${counted(count - result.count, 'more measurement')}`,
      };
    case 'Inconclusive':
    case 'Failed':
    case 'Error': {
      const wanted = intValue(metric.consecutiveSuccessLimit);
      return {
        reason: `${failures}, and never ${counted(wanted, 'success', 'successes')} in a row`,
        wouldChange: `${counted(wanted - result.consecutiveSuccess, 'more success', 'more successes')} at the end`,
      };
    }
  }
};
