import { assessMetric, exceededLimit, type Counters, type MetricLimits } from './assess-metric.js';
import { isCompleted, isWorse, type Phase } from './measurement.js';

/** What is known of a metric; `message` is what its provider said last. */
export type MetricResult = Counters & { name: string; phase?: Phase; message?: string; lastMeasurementPhase?: Phase | null };

export type RunSummary = { count: number; successful: number; failed: number; inconclusive: number; error: number };

type NamedMetric = MetricLimits & { name: string };
type Request = {
  metrics: readonly (string | NamedMetric)[];
  results: readonly MetricResult[];
  /** Metrics that are watched and do not decide. */
  dryRun?: readonly string[];
  /** A person ended the run; a run also ends itself as soon as a metric that decides has gone wrong. */
  terminate?: boolean;
};

type RunAssessment = {
  phase: Phase;
  message: string;
  runSummary: RunSummary;
  dryRunSummary: RunSummary;
  metrics: { name: string; phase: Phase; message: string; dryRun: boolean }[];
};

/**
 * The phase of a whole run: Argo Rollouts' `assessRunStatus` (analysis/analysis.go). It runs as long as one metric does, and is then as
 * bad as the worst metric that decides.
 */
export const assessRun = ({ metrics, results, dryRun = [], terminate = false }: Request): RunAssessment => {
  const terminating = terminate || isTerminating(results, dryRun);
  const run: RunAssessment & { worst: Phase | null; completed: boolean } = {
    phase: 'Running',
    message: terminate ? 'Run Terminated' : '',
    runSummary: emptySummary(),
    dryRunSummary: emptySummary(),
    metrics: [],
    worst: null,
    completed: true,
  };
  for (const given of metrics) {
    const metric = typeof given === 'string' ? { name: given } : given;
    const isDryRun = dryRun.includes(metric.name);
    const summary = isDryRun ? run.dryRunSummary : run.runSummary;
    summary.count += 1;
    const result = results.find(({ name }) => name === metric.name);
    const phase = result === undefined ? 'Pending' : phaseOf(metric, result, terminating);
    const exceeded = result === undefined ? null : exceededLimit(metric, result);
    const said = result?.message ?? '';
    run.metrics.push({ name: metric.name, phase, message: said, dryRun: isDryRun });
    if (!isCompleted(phase)) {
      run.completed = false;
      continue;
    }
    summary[summaryKeys[exceeded?.phase ?? 'Successful'] ?? 'successful'] += 1;
    if (isDryRun) {
      run.worst ??= 'Successful';
      if (exceeded !== null) Object.assign(run.metrics.at(-1) ?? {}, { message: `Metric assessed ${phase} due to ${exceeded.message}` });
    } else if (run.worst === null || isWorse(run.worst, phase)) {
      run.worst = phase;
      if (exceeded !== null) run.message = `Metric "${metric.name}" assessed ${phase} due to ${exceeded.message}${quoted(said)}`;
    }
  }
  const { worst, completed, ...assessment } = run;
  if (terminating) return { ...assessment, phase: worst ?? 'Successful' };
  if (!completed || worst === null) return { ...assessment, phase: 'Running', message: '' };
  return { ...assessment, phase: worst };
};

const emptySummary = (): RunSummary => ({ count: 0, successful: 0, failed: 0, inconclusive: 0, error: 0 });

const summaryKeys: Partial<Record<Phase, Exclude<keyof RunSummary, 'count'>>> = {
  Successful: 'successful',
  Failed: 'failed',
  Inconclusive: 'inconclusive',
  Error: 'error',
};

const quoted = (said: string): string => (said === '' ? '' : `: "Error Message: ${said}"`);

/** Whether a metric that decides has ended badly: no other is measured from then on. */
export const isTerminating = (results: readonly MetricResult[], dryRun: readonly string[]): boolean =>
  results.some(({ name, phase }) => !dryRun.includes(name) && (phase === 'Failed' || phase === 'Error' || phase === 'Inconclusive'));

/** A metric that has ended keeps its phase, whatever is counted afterwards. */
const phaseOf = (metric: NamedMetric, result: MetricResult, terminating: boolean): Phase =>
  result.phase !== undefined && isCompleted(result.phase)
    ? result.phase
    : assessMetric({ metric, counters: countersOf(result), lastMeasurementPhase: result.lastMeasurementPhase ?? null, terminating }).phase;

const countersOf = ({ successful, failed, inconclusive, error, consecutiveError, consecutiveSuccess, count }: MetricResult): Counters => ({
  successful: successful ?? 0,
  failed: failed ?? 0,
  inconclusive: inconclusive ?? 0,
  error: error ?? 0,
  consecutiveError: consecutiveError ?? 0,
  consecutiveSuccess: consecutiveSuccess ?? 0,
  count: count ?? 0,
});
