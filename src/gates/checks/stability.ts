import { configSchema } from '../../catalog/config.js';
import type { gates } from '../../catalog/gates.js';
import type { Evidence, Sample } from '../../catalog/tools.js';
import type { CheckInput, CheckRow, GateConfig, Judgement } from '../check-row.js';
import { healthyTimeMs, restartsGrown, uptimeOf } from '../health-samples.js';
import { memoryGrowthPerMinute, minSpanMs } from '../memory-growth.js';
import { newest } from '../newest.js';
import { counted, formatBytes, formatDuration, formatNumber, named } from '../words.js';

/** Fewer answers say nothing about a share. */
const minHealthChecks = 5;

/** The stability gate: what the samples of the live candidate say about the time since its deployment. */
export const stabilityChecks: Record<keyof (typeof gates)['stability']['checks'], CheckRow> = {
  stability_period: {
    unit: 'ms',
    target: ({ stability }) => `>= ${formatDuration(stability.soakMs)}`,
    judge: (input) => namingPolicy(observed(input, judgePeriod), input.config),
  },
  health_checks: {
    unit: '%',
    target: (config) => `>= ${formatNumber(config.gates.minUptimePercent)} %`,
    judge: (input) => observed(input, judgeHealth),
  },
  monitoring_alerts: { unit: 'alerts and restarts', target: () => '0', judge: (input) => observed(input, judgeAlerts) },
  error_logs: {
    unit: 'lines',
    target: (config) => `<= ${formatNumber(config.gates.maxErrorLogLines)} lines`,
    judge: (input) => observed(input, judgeErrorLogs),
  },
  memory_growth: {
    unit: 'bytes/min',
    target: (config) => `<= ${formatBytes(config.gates.maxMemoryGrowthBytesPerMinute)} per minute`,
    judge: (input) => observed(input, judgeMemory),
  },
};

type Rollout = Evidence<'run_rollout'>;
type Observation = {
  health: Evidence<'check_health'>;
  rollout: Rollout | null;
  samples: readonly Sample[];
  restarts: number;
  config: GateConfig;
};

/** Hands on the samples of the live candidate, or says why there are none: other slots and earlier times say nothing about it. */
const observed = ({ evidence, config }: CheckInput, judge: (seen: Observation) => Judgement): Judgement => {
  const staging = evidence.filter((item) => !('data' in item) || !('environment' in item.data) || item.data.environment === 'staging');
  const health = newest(staging, 'check_health');
  const rollout = newest(staging, 'run_rollout');
  if (health === null) return { outcome: 'inconclusive', reason: 'no health check was recorded; check the health of the live candidate' };
  const { slot, untilAt } = health.data;
  const digests = rollout === null ? [health.digest] : [health.digest, rollout.digest];
  if (rollout !== null && rollout.data.slot !== slot) {
    const reason = `the health check looked at the ${slot} slot, and the candidate is in ${rollout.data.slot}; check the health of the candidate`;
    return { outcome: 'inconclusive', reason, evidence: digests };
  }
  if (rollout !== null && untilAt < endOf(rollout)) {
    return {
      outcome: 'inconclusive',
      reason: 'the newest health check is older than the deployment; check the health again',
      evidence: digests,
    };
  }
  const samples = health.data.samples
    .filter((sample) => sample.slot === slot && sample.environment === 'staging')
    .sort((a, b) => a.at - b.at);
  if (samples.length === 0) {
    return { outcome: 'inconclusive', reason: 'no sample of the live candidate was recorded; see that monitoring runs', evidence: digests };
  }
  const restarts = restartsGrown(samples, rollout?.data.samples.at(-1)?.restarts);
  return { evidence: [health.digest], ...judge({ health, rollout, samples, restarts, config }) };
};

const endOf = ({ data }: Rollout): number => data.startedAt + data.durationMs;

/** What the scenario asks for: the default of the configuration. */
const scenarioSoakMs = configSchema.shape.stability.parse({}).soakMs;

const namingPolicy = (judgement: Judgement, { stability: { soakMs } }: GateConfig): Judgement =>
  soakMs === scenarioSoakMs
    ? judgement
    : {
        ...judgement,
        reason: `${judgement.reason} (${formatDuration(soakMs)} instead of ${formatDuration(scenarioSoakMs)}, set by the policy)`,
      };

const judgePeriod = ({ health, rollout, samples, restarts, config }: Observation): Judgement => {
  if (rollout === null)
    return { outcome: 'inconclusive', reason: 'no rollout was recorded, so no time has been observed since one; roll the candidate out' };
  const evidence = [health.digest, rollout.digest];
  if (rollout.data.outcome !== 'completed') {
    const says = `the newest rollout did not complete (${rollout.data.outcome})`;
    return {
      outcome: rollout.data.breach === null ? 'inconclusive' : 'failed',
      reason: `${says}; roll a candidate out that does`,
      evidence,
    };
  }
  const { soakMs } = config.stability;
  const healthyMs = healthyTimeMs(samples, { sinceAt: endOf(rollout), intervalMs: health.data.intervalMs });
  const measured = { value: healthyMs, margin: healthyMs - soakMs, evidence };
  const says = `healthy for ${formatDuration(wholeSeconds(healthyMs))} since the deployment, ${formatDuration(soakMs)} wanted`;
  if (healthyMs >= soakMs) return { ...measured, outcome: 'passed', reason: says };
  const uptime = uptimeOf(samples);
  const troubles = [
    ...(restarts > 0 ? [`it restarted ${counted(restarts, 'time')}`] : []),
    ...(uptime.asked >= minHealthChecks && uptime.percent < config.gates.minUptimePercent
      ? [`${uptime.asked - uptime.answered} of ${counted(uptime.asked, 'health check')} got no good answer`]
      : []),
  ];
  if (troubles.length > 0)
    return { ...measured, outcome: 'failed', reason: `${says}, but ${troubles.join(' and ')}; correct the candidate` };
  return {
    ...measured,
    outcome: 'inconclusive',
    reason: `${says}: ${formatDuration(Math.max(1_000, wholeSeconds(soakMs - healthyMs, Math.ceil)))} to go; keep watching`,
  };
};

const wholeSeconds = (ms: number, round = Math.floor): number => round(ms / 1_000) * 1_000;

const judgeHealth = ({ health, samples, config }: Observation): Judgement => {
  const { asked, answered, percent } = uptimeOf(samples);
  const wanted = config.gates.minUptimePercent;
  const down = health.data.services.filter((service) => !service.healthy);
  const ailing = health.data.dependencies.filter((dependency) => !dependency.healthy);
  const measured = asked === 0 ? {} : { value: percent, margin: percent - wanted };
  const says = `${answered} of ${counted(asked, 'health check')} answered`;
  if (down.length > 0)
    return {
      ...measured,
      outcome: 'failed',
      reason: `${says}; ${named(down.map((one) => one.name))} did not answer when asked; bring it up`,
    };
  if (asked < minHealthChecks)
    return { ...measured, outcome: 'inconclusive', reason: `${says}, at least ${minHealthChecks} are needed; keep watching` };
  const share = `${says} (${formatNumber(percent)} %), at least ${formatNumber(wanted)} % wanted`;
  if (!(percent >= wanted)) return { ...measured, outcome: 'failed', reason: `${share}; find in the log why it did not answer` };
  if (ailing.length > 0)
    return { ...measured, outcome: 'warning', reason: `${share}; a dependency did not answer: ${named(ailing.map((one) => one.name))}` };
  return { ...measured, outcome: 'passed', reason: share };
};

const judgeAlerts = ({ health, restarts }: Observation): Judgement => {
  const { alerts } = health.data;
  const troubles = alerts.length + restarts;
  const measured = { value: troubles, margin: 0 - troubles };
  const says = `${counted(alerts.length, 'alert')} and ${counted(restarts, 'restart')} since the deployment`;
  if (troubles === 0) return { ...measured, outcome: 'passed', reason: says };
  const listed = alerts.length > 0 ? `: ${named(alerts.map((alert) => `${alert.name} (${alert.detail})`))}` : '';
  return { ...measured, outcome: 'failed', reason: `${says}, none wanted${listed}; correct what raised them` };
};

const judgeErrorLogs = ({ samples, config }: Observation): Judgement => {
  const wanted = config.gates.maxErrorLogLines;
  const lines = samples.reduce((sum, sample) => sum + sample.errorLogLines, 0);
  const measured = { value: lines, margin: wanted - lines };
  const says = `${counted(lines, 'error line')} in the log since the deployment, at most ${formatNumber(wanted)} wanted`;
  return lines <= wanted
    ? { ...measured, outcome: 'passed', reason: says }
    : { ...measured, outcome: 'failed', reason: `${says}; read the log and correct the cause` };
};

const judgeMemory = ({ samples, config }: Observation): Judgement => {
  const wanted = config.gates.maxMemoryGrowthBytesPerMinute;
  const growth = memoryGrowthPerMinute(samples);
  if (growth === null) {
    const measurable = samples.filter((sample) => sample.memoryBytes !== null).length;
    const reason = `${counted(measurable, 'sample')} of memory; a dozen or more over ${formatDuration(minSpanMs)} or longer are needed; keep watching`;
    return { outcome: 'inconclusive', reason };
  }
  const measured = { value: growth, margin: wanted - growth };
  const says = `the floor of the memory ${growth > 0 ? 'rises' : 'falls'} by ${formatBytes(Math.abs(growth))} per minute, at most ${formatBytes(wanted)} wanted`;
  return growth <= wanted
    ? { ...measured, outcome: 'passed', reason: says }
    : { ...measured, outcome: 'failed', reason: `${says}; look for what is kept and never let go` };
};
