import { isCompleted, type Phase } from './measurement.js';

/** Kubernetes writes counts as numbers or as strings. */
export type IntOrString = number | string | null | undefined;

/** The part of an Argo metric that decides when it ends, and how. */
export type MetricLimits = {
  count?: IntOrString;
  interval?: string | null | undefined;
  failureLimit?: IntOrString;
  inconclusiveLimit?: IntOrString;
  consecutiveErrorLimit?: IntOrString;
  consecutiveSuccessLimit?: IntOrString;
};

/** What was measured so far. Errors are counted apart: `count` is without them. */
export type Counters = {
  successful?: number;
  failed?: number;
  inconclusive?: number;
  error?: number;
  consecutiveError?: number;
  consecutiveSuccess?: number;
  count?: number;
};

type Request = {
  metric: MetricLimits;
  counters: Counters;
  /** Left out, a measurement is taken to have been completed as soon as one was counted. */
  lastMeasurementPhase?: Phase | null;
  terminating?: boolean;
};

const defaultConsecutiveErrorLimit = 4;

/** As Go reads it: a text that is no whole number is 0. */
export const intValue = (given: IntOrString): number => {
  if (typeof given === 'number') return Math.trunc(given);
  return typeof given === 'string' && /^[+-]?\d+$/.test(given) ? Number(given) : 0;
};

/** How many measurements complete the metric; null where it runs until something ends it. Without count and interval it is one. */
export const effectiveCount = ({ count, interval }: MetricLimits): number | null => intValue(count) || (interval ? null : 1);

/**
 * The phase of one metric from what was counted: Argo Rollouts' `assessMetricStatus` (analysis/analysis.go). The limits are looked at
 * first, then consecutive successes, then the count. `message` is Argo's, and empty where Argo gives none.
 */
export const assessMetric = ({
  metric,
  counters,
  lastMeasurementPhase,
  terminating = false,
}: Request): { phase: Phase; message: string } => {
  const measured = lastMeasurementPhase ?? (Object.values(counters).some((count) => count > 0) ? 'Successful' : null);
  if (measured === null) return { phase: terminating ? 'Successful' : 'Pending', message: '' };
  if (!isCompleted(measured)) return { phase: 'Running', message: '' };
  const exceeded = exceededLimit(metric, counters);
  if (exceeded !== null) return exceeded;
  const wanted = intValue(metric.consecutiveSuccessLimit);
  if (wanted > 0 && (counters.consecutiveSuccess ?? 0) >= wanted) return { phase: 'Successful', message: '' };
  const count = effectiveCount(metric);
  if (count === null || (counters.count ?? 0) < count) return { phase: terminating ? 'Successful' : 'Running', message: '' };
  if (wanted <= 0) return { phase: 'Successful', message: '' };
  return { phase: intValue(metric.failureLimit) >= 0 ? 'Inconclusive' : 'Failed', message: '' };
};

/** The limit that was exceeded, of several the last of: failures, inconclusive ones, errors in a row. A negative failureLimit is none. */
export const exceededLimit = (metric: MetricLimits, counters: Counters): { phase: Phase; message: string } | null => {
  const rows = [
    { phase: 'Failed', word: 'failed', found: counters.failed, name: 'failureLimit', limit: intValue(metric.failureLimit) },
    {
      phase: 'Inconclusive',
      word: 'inconclusive',
      found: counters.inconclusive,
      name: 'inconclusiveLimit',
      limit: intValue(metric.inconclusiveLimit),
    },
    {
      phase: 'Error',
      word: 'consecutiveErrors',
      found: counters.consecutiveError,
      name: 'consecutiveErrorLimit',
      limit: consecutiveErrorLimit(metric),
    },
  ] as const;
  const row = rows.findLast(({ found = 0, limit, phase }) => found > limit && (phase !== 'Failed' || limit >= 0));
  return row === undefined ? null : { phase: row.phase, message: `${row.word} (${row.found ?? 0}) > ${row.name} (${row.limit})` };
};

export const consecutiveErrorLimit = (metric: MetricLimits): number =>
  metric.consecutiveErrorLimit == null ? defaultConsecutiveErrorLimit : intValue(metric.consecutiveErrorLimit);
