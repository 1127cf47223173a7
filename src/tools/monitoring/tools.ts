import type { Sample, SlotName } from '../../catalog/tools.js';
import { newest } from '../candidate.js';
import type { ToolContext, ToolTable } from '../run-tool.js';
import { firing } from './alerts.js';

/** Monitoring tools: everything since the deployment in staging, of the slot that the candidate serves from. */
export const monitoringTools: ToolTable<'configure_monitoring' | 'query_metrics' | 'check_health'> = {
  configure_monitoring: (_, { ports }) => ports.monitoring.watch('staging'),
  query_metrics: async (_, context) => {
    const { slot, fromAt, toAt, samples: all } = await sinceDeployment(context);
    const samples = all.filter(({ service }) => service === undefined);
    const requests = sum(samples, 'requests');
    const errors = sum(samples, 'errors');
    const timed = samples.filter((sample) => sample.latencyAverageMs !== null && sample.requests > 0);
    const newestWith = samples.findLast((sample) => sample.cpuCores !== null && sample.memoryBytes !== null);
    return {
      environment: 'staging',
      slot,
      fromAt,
      toAt,
      requests,
      throughputRps: toAt > fromAt ? (requests * 1_000) / (toAt - fromAt) : 0,
      errorRate: requests === 0 ? 0 : errors / requests,
      latencyAverageMs:
        timed.length === 0
          ? null
          : timed.reduce((total, sample) => total + (sample.latencyAverageMs ?? 0) * sample.requests, 0) / sum(timed, 'requests'),
      latencyP95Ms: timed.length === 0 ? null : Math.max(...timed.map((sample) => sample.latencyP95Ms ?? 0)),
      resources:
        newestWith?.cpuCores != null && newestWith.memoryBytes != null
          ? { cpuCores: newestWith.cpuCores, memoryBytes: newestWith.memoryBytes }
          : null,
    };
  },
  check_health: async (_, context) => {
    const { slot, fromAt, toAt, samples } = await sinceDeployment(context);
    const { services, dependencies } = await context.ports.monitoring.health('staging');
    return {
      environment: 'staging',
      slot,
      services,
      dependencies,
      sinceAt: fromAt,
      untilAt: toAt,
      intervalMs: context.config.rollout.sampleMs,
      samples,
      alerts: firing(samples, context.config.rollout.breach),
    };
  },
};

const sinceDeployment = async (context: ToolContext): Promise<{ slot: SlotName; fromAt: number; toAt: number; samples: Sample[] }> => {
  const { monitoring, deployment, clock } = context.ports;
  const rollout = newest(context, 'run_rollout')?.data;
  const slot = rollout?.slot ?? (await deployment.status('staging')).activeSlot;
  const toAt = clock.now();
  const fromAt = rollout ? rollout.startedAt + rollout.durationMs : toAt - 60_000;
  return { slot, fromAt, toAt, samples: await monitoring.samples('staging', slot, fromAt, toAt) };
};

const sum = (samples: readonly Sample[], key: 'requests' | 'errors'): number => samples.reduce((total, sample) => total + sample[key], 0);
