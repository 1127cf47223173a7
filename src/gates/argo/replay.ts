import { lookUp } from '../look-up.js';
import { assessMetric, effectiveCount } from './assess-metric.js';
import { isTerminating, type MetricResult } from './assess-run.js';
import { parseDuration } from './duration.js';
import { assessValue, isCompleted, type Phase } from './measurement.js';
import type { ArgoMetric } from './template.js';

/** One measurement of the data: a value to judge, a phase that was judged already, or an error. */
export type Measurement = { value?: unknown; phase?: Phase | undefined; error?: string | undefined };

/** What became of a metric: its counters, its phase, and how many of its measurements were taken. */
export type Replayed = Required<Omit<MetricResult, 'lastMeasurementPhase'>> & { lastMeasurementPhase: Phase | null; taken: number };

const errorRetryMs = 10_000;

/**
 * Takes the measurements in the order in which Argo's controller would: each metric after its initial delay, then every interval, ten
 * seconds after an error; none once a metric has ended, and none at all once one that decides has ended badly.
 */
export const replay = (
  metrics: readonly ArgoMetric[],
  measurements: Readonly<Record<string, readonly Measurement[]>>,
  dryRun: readonly string[],
): Replayed[] => {
  const tracks = metrics.map((metric) => track(metric, lookUp(measurements, metric.name) ?? []));
  const results = tracks.map(({ result }) => result);
  for (let open = tracks; open.length > 0 && !isTerminating(results, dryRun); open = open.filter(({ isOpen }) => isOpen())) {
    const now = open.reduce((earliest, { dueAt }) => Math.min(earliest, dueAt()), Infinity);
    for (const one of open) if (one.isOpen() && one.dueAt() === now) one.measure();
  }
  if (isTerminating(results, dryRun)) for (const { result, assess } of tracks) if (result.taken > 0) assess(true);
  return results;
};

const track = (metric: ArgoMetric, measurements: readonly Measurement[]) => {
  const judge = assessValue(metric);
  const count = effectiveCount(metric);
  const intervalMs = parseDuration(metric.interval ?? '') ?? errorRetryMs;
  let dueAt = parseDuration(metric.initialDelay ?? '') ?? 0;
  const result = unmeasured(metric.name);
  const assess = (terminating: boolean): void => {
    if (isCompleted(result.phase)) return;
    result.phase = assessMetric({ metric, counters: result, lastMeasurementPhase: result.lastMeasurementPhase, terminating }).phase;
  };
  return {
    assess,
    result,
    dueAt: () => dueAt,
    isOpen: () => !isCompleted(result.phase) && result.taken < measurements.length && (count === null || result.count < count),
    measure: () => {
      const { phase, message } = judged(measurements[result.taken] ?? {}, judge);
      result.taken += 1;
      result.lastMeasurementPhase = phase;
      result.message = message;
      counting[phase]?.(result);
      assess(false);
      if (isCompleted(phase)) dueAt += phase === 'Error' ? errorRetryMs : intervalMs;
    },
  };
};

const unmeasured = (name: string): Replayed => ({
  name,
  phase: 'Pending',
  message: '',
  successful: 0,
  failed: 0,
  inconclusive: 0,
  error: 0,
  consecutiveError: 0,
  consecutiveSuccess: 0,
  count: 0,
  lastMeasurementPhase: null,
  taken: 0,
});

const judged = ({ value, phase, error }: Measurement, judge: ReturnType<typeof assessValue>): { phase: Phase; message: string } => {
  if (error !== undefined) return { phase: 'Error', message: error };
  return phase === undefined ? judge(value) : { phase, message: '' };
};

const counting: Partial<Record<Phase, (result: Replayed) => void>> = {
  Successful: (result) => {
    result.successful += 1;
    result.count += 1;
    result.consecutiveError = 0;
    result.consecutiveSuccess += 1;
  },
  Failed: (result) => {
    result.failed += 1;
    result.count += 1;
    result.consecutiveError = 0;
    result.consecutiveSuccess = 0;
  },
  Inconclusive: (result) => {
    result.inconclusive += 1;
    result.count += 1;
    result.consecutiveError = 0;
    result.consecutiveSuccess = 0;
  },
  Error: (result) => {
    result.error += 1;
    result.consecutiveError += 1;
    result.consecutiveSuccess = 0;
  },
};
