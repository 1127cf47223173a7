import type { EnvironmentName, Sample, SlotName } from '../catalog/tools.js';
import type { FaultKind } from './faults.js';
import type { SimulatedHistory } from './simulated-history.js';
import type { World } from './simulated-world.js';

/** Samples of one slot on a grid of `sampleMs`, `fromAt < at <= toAt`, each service's own. What was once seen stays as it was. */
export type Sampler = (environment: EnvironmentName, slot: SlotName, fromAt: number, toAt: number) => Sample[];

export const simulatedSampler = (world: World, history: SimulatedHistory): Sampler => {
  const seen = new Map<string, Sample>();
  const stepMs = world.config.rollout.sampleMs;

  const compute = (environment: EnvironmentName, slot: SlotName, at: number, service: string | undefined, key: string): Sample => {
    const artifact = history.partAt(environment, slot, at - 1, service); // a sample tells of the time before it
    const share = history.shareAt(environment, slot, at - 1);
    const copied = history.mirrorAt(environment, slot, at - 1);
    const trafficSince = history.trafficSince(environment, slot, at - 1);
    const candidate = history.isCandidate(environment, artifact, service);
    const acting = (kind: FaultKind) =>
      candidate && share + copied > 0 ? world.fault(kind, { environment, artifact, at, trafficSince, service }) : null;
    const { requestsPerSecond, errorRate, latencyMs, latencySigma } = world.settings;
    const { normal, binomial, uniform } = world.random;
    const expectedAt = (part: number) => (acting('no_traffic') ? 0 : (requestsPerSecond * part * daily(at) * stepMs) / 1_000);
    const expected = expectedAt(share);
    const requests = Math.max(0, Math.round(expected + Math.sqrt(expected) * normal(`${key}/requests`)));
    const copies = Math.round(expectedAt(copied));
    const answers = (of: string, count: number) => {
      const meanMs = acting('latency')?.value ?? latencyMs;
      // The average of n lognormal answers strays from their mean by its deviation over the root of n.
      const strays = Math.sqrt((Math.exp(latencySigma ** 2) - 1) / Math.max(1, count));
      const averageMs = meanMs * (1 + Math.max(-0.5, Math.min(0.5, strays * normal(`${of}/latency`))));
      return {
        errors: binomial(`${of}/errors`, count, acting('error_rate')?.value ?? errorRate),
        latencyAverageMs: count > 0 ? averageMs : null,
        latencyP95Ms: count > 0 ? averageMs * Math.exp(1.645 * latencySigma - latencySigma ** 2 / 2) : null,
      };
    };
    const leak = acting('memory_leak');
    const leaking = leak === null ? 0 : (leak.value * ((world.elapsedMs(leak, at, trafficSince) ?? 0) - leak.afterS * 1_000)) / 60_000;
    const crashed = acting('crash') !== null;
    const { cpuCores, memoryBytes } = world.config.limits.quota;
    return {
      at,
      environment,
      slot,
      ...(service !== undefined && { service }),
      version: artifact?.version ?? null,
      requests,
      ...answers(key, requests),
      cpuCores: crashed ? null : cpuCores * (0.05 + 0.6 * share * daily(at)),
      memoryBytes: crashed ? null : Math.round(0.72 * memoryBytes * (1 + 0.002 * uniform(`${key}/memory`)) + leaking),
      healthy: !crashed && acting('failed_health_checks') === null,
      restarts: crashed ? 1 : 0,
      errorLogLines: 0,
      ...(copies > 0 && { mirrored: { requests: copies, ...answers(`${key}/mirrored`, copies) } }),
    };
  };

  return (environment, slot, fromAt, toAt) => {
    const found: Sample[] = [];
    for (let at = (Math.floor(fromAt / stepMs) + 1) * stepMs; at <= toAt; at += stepMs) {
      for (const service of [undefined, ...history.movingAt(environment, at - 1)]) {
        if (history.partAt(environment, slot, at - 1, service) === null) continue;
        const key = [environment, slot, at, ...(service === undefined ? [] : [service])].join('/');
        const sample = seen.get(key) ?? compute(environment, slot, at, service, key);
        seen.set(key, sample);
        found.push(sample);
      }
    }
    return found;
  };
};

/** The day's course of traffic: lowest at three in the morning, highest twelve hours later. */
const daily = (at: number): number => 1 - 0.16 * Math.cos(((at / 3_600_000 - 3) * Math.PI) / 12);
