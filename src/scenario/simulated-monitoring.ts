import { createHash } from 'node:crypto';
import type { EnvironmentName, Sample, SlotName } from '../catalog/tools.js';
import type { MonitoringPort } from '../tools/ports.js';
import type { SimulatedDeployment } from './simulated-deployment.js';
import type { World } from './simulated-world.js';

const requestsPerSecond = 60;

/** Samples on a grid of `sampleMs`, computed when they are asked for: the same question has the same answer. */
export const simulatedMonitoring = (world: World, deployment: SimulatedDeployment): MonitoringPort => {
  const known = new Map<string, Sample>();
  const trafficSince = new Map<string, number>();

  const sampleAt = (environment: EnvironmentName, slot: SlotName, at: number, stepMs: number): Sample => {
    const key = `${environment}/${slot}/${at}`;
    const seen = known.get(key);
    if (seen) return seen;
    const share = deployment.shareOf(environment, slot);
    const copied = deployment.mirrorOf(environment, slot);
    const candidate = deployment.isCandidate(environment, slot);
    const since = `${environment}/${slot}/${deployment.artifactIn(environment, slot)?.digest ?? ''}/${world.attempt}`;
    if (share + copied > 0 && !trafficSince.has(since)) trafficSince.set(since, at);
    const trafficS = share + copied > 0 ? (at - (trafficSince.get(since) ?? at)) / 1_000 : 0;
    const acting = (kind: 'error_rate' | 'latency' | 'crash' | 'memory_leak') => {
      const fault = candidate && share + copied > 0 ? world.fault(kind, environment) : null;
      return fault !== null && trafficS >= fault.afterS ? fault : null;
    };
    const requestsAt = (of: number) => Math.round((requestsPerSecond * of * stepMs) / 1_000);
    const errorsOf = (of: number) => Math.round(of * (acting('error_rate')?.value ?? 0));
    const [requests, copies] = [requestsAt(share), requestsAt(copied)];
    const average = (acting('latency')?.value ?? 20) * (0.9 + 0.2 * noise(key));
    const sample: Sample = {
      at,
      environment,
      slot,
      version: deployment.artifactIn(environment, slot)?.version ?? null,
      requests,
      errors: errorsOf(requests),
      latencyAverageMs: requests > 0 ? average : null,
      latencyP95Ms: requests > 0 ? average * 2.2 : null,
      cpuCores: 0.4,
      memoryBytes: Math.round(150e6 + 2e6 * noise(`${key}/memory`) + ((acting('memory_leak')?.value ?? 0) * trafficS) / 60),
      healthy: acting('crash') === null,
      restarts: acting('crash') === null ? 0 : 1,
      errorLogLines: 0,
      ...(copies > 0 && {
        mirrored: { requests: copies, errors: errorsOf(copies), latencyAverageMs: average, latencyP95Ms: average * 2.2 },
      }),
    };
    known.set(key, sample);
    return sample;
  };

  const samples = (environment: EnvironmentName, slot: SlotName, fromAt: number, toAt: number): Sample[] => {
    if (world.fault('monitoring_down', environment) || deployment.artifactIn(environment, slot) === null) return [];
    const wanted = world.config.rollout.sampleMs;
    const found: Sample[] = [];
    for (let at = Math.floor(fromAt / wanted) * wanted + wanted; at <= toAt; at += wanted)
      found.push(sampleAt(environment, slot, at, wanted));
    return found;
  };

  return {
    name: 'simulated',
    watch: (environment) =>
      Promise.resolve({
        intervalMs: world.config.rollout.sampleMs,
        targets: [`simulated://${environment}/blue`, `simulated://${environment}/green`],
        rules: [{ name: 'error_rate', condition: `> ${world.config.rollout.breach.errorRate}` }],
      }),
    samples: (environment, slot, fromAt, toAt) => Promise.resolve(samples(environment, slot, fromAt, toAt)),
    next: async (environment, at) => {
      await world.clock.sleep(world.config.rollout.sampleMs);
      return (['blue', 'green'] as const).flatMap((slot) => samples(environment, slot, at, world.clock.now()));
    },
    health: (environment) => {
      const url = `simulated://${environment}`;
      return Promise.resolve({
        services: [{ name: world.config.service.name, healthy: true, url, detail: 'simulated' }],
        dependencies: world.config.dependencies.map(({ name, health }) => ({ name, healthy: true, url: health, detail: 'simulated' })),
      });
    },
    close: () => Promise.resolve(),
  };
};

/** 0..1, the same for the same text. */
const noise = (text: string): number => createHash('sha256').update(text).digest().readUInt32BE(0) / 0xffffffff;
