import type { RolloutConfig } from '../../catalog/config.js';
import type { Breach, Sample, ToolResult } from '../../catalog/tools.js';
import { findBreach } from '../../gates/breach.js';
import { describeBreach } from '../../rollout/describe-breach.js';

type Rules = RolloutConfig['breach'];
type Alert = ToolResult<'check_health'>['alerts'][number];

/** Every rule that the samples of one slot break, with the time of the sample that broke it: the rules of a rollout, one at a time. */
export const firing = (samples: readonly Sample[], rules: Rules): Alert[] =>
  rows.flatMap(({ metric, only, blind }) => {
    const breach = findBreach(blind ? samples.map(withoutCrashes) : samples, { ...silent, ...only(rules) });
    return breach === null ? [] : [{ name: metric, since: breach.firstSampleAt, detail: describeBreach(breach) }];
  });

/** The rules as a person reads them when they are armed. */
export const alertRules = (rules: Rules): ToolResult<'configure_monitoring'>['rules'] =>
  rows.map(({ metric, condition }) => ({ name: metric, condition: condition(rules) }));

type Row = {
  metric: Breach['metric'];
  only: (rules: Rules) => Partial<Rules>;
  /** Whether crashes are hidden, which no rule can switch off. */ blind: boolean;
  condition: (rules: Rules) => string;
};

const window = ({ windowSamples, minRequests }: Rules): string =>
  `over the last ${windowSamples} samples with at least ${minRequests} requests`;

const rows: readonly Row[] = [
  { metric: 'crash', blind: false, only: () => ({}), condition: () => 'the process ended or restarted' },
  {
    metric: 'health',
    blind: true,
    only: ({ failedHealthChecks }) => ({ failedHealthChecks }),
    condition: ({ failedHealthChecks }) => `${failedHealthChecks} failed health checks in a row`,
  },
  {
    metric: 'error_rate',
    blind: true,
    only: ({ errorRate, minRequests, windowSamples }) => ({ errorRate, minRequests, windowSamples }),
    condition: (rules) => `error rate > ${rules.errorRate} ${window(rules)}`,
  },
  {
    metric: 'latency_p95',
    blind: true,
    only: ({ latencyP95Ms, minRequests, windowSamples }) => ({ latencyP95Ms, minRequests, windowSamples }),
    condition: (rules) => `p95 latency > ${rules.latencyP95Ms} ms ${window(rules)}`,
  },
];

/** Bounds that nothing can break. */
const silent: Rules = { errorRate: 1, latencyP95Ms: Infinity, failedHealthChecks: Infinity, minRequests: 1, windowSamples: 1 };

const withoutCrashes = (sample: Sample): Sample => ({ ...sample, restarts: 0, memoryBytes: null, cpuCores: null });
