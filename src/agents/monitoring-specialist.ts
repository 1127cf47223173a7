import { byService } from '../gates/by-service.js';
import { formatDuration } from '../gates/words.js';
import type { FieldValue } from '../catalog/fields.js';
import type { Evidence, ServiceHealth } from '../catalog/tools.js';
import { required, type Settles } from './settle.js';

/** Settles the monitoring specialist's routines: health is computed from answers and samples. */
export const monitoringSpecialist: Settles<'monitoring_specialist'> = {
  'monitoring-setup-routine': ({ found }) => {
    const { data } = required(found, 'configure_monitoring');
    return {
      posts: { monitoring_configured: data.targets.length > 0 },
      emits: [],
      says: `Watching ${data.targets.length} targets every ${formatDuration(data.intervalMs)} with ${data.rules.length} alert rules.`,
    };
  },

  'performance-monitoring-routine': ({ found }) => {
    const { digest, data } = required(found, 'query_metrics');
    const { requests, throughputRps, errorRate, latencyAverageMs, latencyP95Ms, resources } = data;
    return {
      posts: {
        performance_metrics: {
          requests,
          throughputRps,
          errorRate,
          latencyAverageMs,
          latencyP95Ms,
          cpuCores: resources?.cpuCores ?? null,
          memoryBytes: resources?.memoryBytes ?? null,
          evidence: [digest],
        },
      },
      emits: [{ topic: 'staging/health_check_needed' }],
      says: `${requests} requests since the deployment, ${(errorRate * 100).toFixed(2)} % errors.`,
    };
  },

  'health-check-routine': ({ found }) => {
    const health = required(found, 'check_health');
    const status = healthStatus(health);
    return {
      posts: {
        health_status: status,
        service_health: byName(health.data.services),
        dependency_health: byName(health.data.dependencies),
        monitoring_alerts: alertsOf(health),
      },
      emits: [{ topic: 'staging/deployment_gate_evaluation' }],
      says: `Staging is ${status}.`,
    };
  },

  'alert-response-routine': ({ found, why }) => {
    const health = required(found, 'check_health');
    return {
      posts: { health_status: 'unhealthy', monitoring_alerts: alertsOf(health) },
      emits: [{ topic: 'staging/rollback_required', reason: why }],
      says: `Alert: ${why}.`,
    };
  },
};

const healthStatus = ({ data }: Evidence<'check_health'>): FieldValue<'health_status'> => {
  const newest = byService(data.samples).map((own) => own.at(-1)?.healthy ?? null);
  if (data.services.some((service) => !service.healthy) || newest.includes(false) || data.alerts.length > 0) return 'unhealthy';
  // Nothing measured yet is not health: the gate will say what is missing.
  if (data.dependencies.some((dependency) => !dependency.healthy) || newest.length === 0 || newest.includes(null)) return 'degraded';
  return 'healthy';
};

const byName = (services: readonly ServiceHealth[]) =>
  Object.fromEntries(services.map(({ name, healthy, detail }) => [name, { healthy, detail }]));

const alertsOf = ({ data }: Evidence<'check_health'>): FieldValue<'monitoring_alerts'> =>
  data.alerts.map(({ name, since, detail }) => ({ id: `${name}@${since}`, name, since, detail }));
