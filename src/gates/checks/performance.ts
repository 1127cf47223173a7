import type { gates } from '../../catalog/gates.js';
import { notMeasured, type CheckInput, type CheckRow, type GateConfig, type Judgement } from '../check-row.js';
import { newest } from '../newest.js';
import { counted, formatBytes, formatNumber, formatPercent } from '../words.js';

/** Fewer requests say nothing about an average or a rate of one in a thousand. */
const minRequests = 100;

/** The performance gate: what the preview did under load, against the targets of the configuration. */
export const performanceChecks: Record<keyof (typeof gates)['performance']['checks'], CheckRow> = {
  response_time: {
    unit: 'ms',
    target: ({ performanceTargets: { responseTimeMs, p95Ms, p99Ms } }) =>
      [`< ${formatNumber(responseTimeMs)} ms`, ...atMost('p95', p95Ms), ...atMost('p99', p99Ms)].join(', '),
    judge: (input) => underLoad(input, judgeResponseTime),
  },
  throughput: {
    unit: 'rps',
    target: ({ performanceTargets }) => `> ${formatNumber(performanceTargets.throughputRps)} rps`,
    judge: (input) => underLoad(input, judgeThroughput),
  },
  error_rate: {
    unit: '%',
    target: ({ performanceTargets: { errorRate } }) => (errorRate === 0 ? '= 0 %' : `< ${formatPercent(errorRate)}`),
    judge: (input) => crashed(input) ?? underLoad(input, judgeErrorRate),
  },
  resource_utilization: {
    unit: '%',
    target: ({ limits: { quota } }) => `<= 100 % of ${formatNumber(quota.cpuCores)} CPU cores and of ${formatBytes(quota.memoryBytes)}`,
    judge: (input) => judgeResources(input),
  },
};

const atMost = (name: string, limitMs: number | undefined): string[] =>
  limitMs === undefined ? [] : [`${name} <= ${formatNumber(limitMs)} ms`];

/** A process that ended under load is bad, whatever else could be measured. */
const crashed = (input: CheckInput): Judgement | null => {
  const load = loadOf(input);
  if (load === null || load.data.restarts === 0) return null;
  const times = counted(load.data.restarts, 'time');
  const reason = `the process ended by itself ${times} since it was started as a preview; find out why in the log of the candidate`;
  return { outcome: 'failed', reason, evidence: [load.digest] };
};

type Load = NonNullable<ReturnType<typeof loadOf>>;
const loadOf = (input: CheckInput) => newest(input.evidence, 'run_load');
const loadTest = { noun: 'load test', configure: 'set load' };

/** A verdict on too little traffic is none: what was measured is shown, and how much is missing. */
const underLoad = (input: CheckInput, judge: (load: Load['data'], config: GateConfig) => Judgement): Judgement => {
  const load = loadOf(input);
  if (load?.data.status !== 'completed') return notMeasured(input.check, load, loadTest);
  const judged = { ...judge(load.data, input.config), evidence: [load.digest] };
  const missing = minRequests - load.data.requests;
  if (missing <= 0) return judged;
  const reason = `${counted(load.data.requests, 'request')} of at least ${minRequests}: ${missing} are missing; load for longer (load.durationMs)`;
  return { ...judged, outcome: 'inconclusive', reason };
};

const judgeResponseTime = (
  { latencyMs, requests }: Load['data'],
  { performanceTargets: { responseTimeMs, p95Ms, p99Ms } }: GateConfig,
): Judgement => {
  const percentiles = [
    { name: 'p95', value: latencyMs.p95, limit: p95Ms },
    { name: 'p99', value: latencyMs.p99, limit: p99Ms },
  ];
  const over = percentiles.filter(({ value, limit }) => limit !== undefined && !(value <= limit));
  const slow = percentiles.filter(({ value, limit }) => limit === undefined && value > responseTimeMs);
  const margin = Math.min(
    responseTimeMs - latencyMs.average,
    ...percentiles.flatMap(({ value, limit }) => (limit === undefined ? [] : [limit - value])),
  );
  const says = `average ${formatNumber(latencyMs.average)} ms over ${counted(requests, 'request')}, less than ${formatNumber(responseTimeMs)} ms wanted`;
  const measured = { value: latencyMs.average, margin };
  if (!(latencyMs.average < responseTimeMs) || over.length > 0) {
    const beyond = over
      .map(({ name, value, limit = 0 }) => `; ${name} ${formatNumber(value)} ms, at most ${formatNumber(limit)} ms wanted`)
      .join('');
    return { ...measured, outcome: 'failed', reason: `${says}${beyond}; make it faster by ${formatNumber(-margin)} ms or more` };
  }
  if (slow.length > 0) {
    const above = slow.map(({ name, value }) => `${name} ${formatNumber(value)} ms`).join(' and ');
    return { ...measured, outcome: 'warning', reason: `${says}; ${above} above it` };
  }
  return { ...measured, outcome: 'passed', reason: says };
};

const judgeThroughput = ({ throughputRps }: Load['data'], { performanceTargets: { throughputRps: target } }: GateConfig): Judgement => {
  const says = `${formatNumber(throughputRps)} requests per second, more than ${formatNumber(target)} wanted`;
  const measured = { value: throughputRps, margin: throughputRps - target };
  return throughputRps > target
    ? { ...measured, outcome: 'passed', reason: says }
    : { ...measured, outcome: 'failed', reason: `${says}; ${formatNumber(target - throughputRps)} more per second are needed` };
};

const judgeErrorRate = (
  { errorRate, requests, errors }: Load['data'],
  { performanceTargets: { errorRate: target } }: GateConfig,
): Judgement => {
  const wanted = target === 0 ? 'none wanted' : `less than ${formatPercent(target)} wanted`;
  const says = `${formatPercent(errorRate)} of ${counted(requests, 'request')} failed, ${wanted}`;
  const measured = { value: asPercent(errorRate), margin: asPercent(target - errorRate) };
  if (errorRate === 0 || errorRate < target) return { ...measured, outcome: 'passed', reason: says };
  const kinds = `${errors.status} by status, ${errors.timeout} by timeout, ${errors.connection} by connection`;
  return { ...measured, outcome: 'failed', reason: `${says} (${kinds}); find what fails in the log of the candidate` };
};

const judgeResources = (input: CheckInput): Judgement => {
  const load = loadOf(input);
  if (load?.data.status !== 'completed') return notMeasured(input.check, load, loadTest);
  const evidence = [load.digest];
  const { resources } = load.data;
  if (resources === null) {
    return {
      outcome: 'inconclusive',
      reason: 'CPU and memory could not be read while the load ran; run it where the processes can be seen',
      evidence,
    };
  }
  const { cpuCores, memoryBytes } = input.config.limits.quota;
  const used = Math.max(resources.cpuCores / cpuCores, resources.memoryBytes / memoryBytes);
  const cpu = `${formatNumber(resources.cpuCores)} of ${formatNumber(cpuCores)} CPU cores`;
  const memory = `${formatBytes(resources.memoryBytes)} of ${formatBytes(memoryBytes)} of memory`;
  const measured = { value: asPercent(used), margin: asPercent(1 - used), evidence };
  const within = resources.cpuCores <= cpuCores && resources.memoryBytes <= memoryBytes;
  return within
    ? { ...measured, outcome: 'passed', reason: `at most ${cpu} and ${memory} were used` }
    : { ...measured, outcome: 'failed', reason: `${cpu} and ${memory} were used; use less, or raise limits.quota` };
};

/** Twelve digits: 0.0007 is 0.07 %, not 0.06999999999999999. */
const asPercent = (fraction: number): number => Number((fraction * 100).toPrecision(12));
