import type { StagingConfig } from '../../catalog/config.js';
import type { EnvironmentName, Sample, ServiceHealth } from '../../catalog/tools.js';
import type { LocalDeployment } from '../deployment/local/open-local-deployment.js';
import type { Clock, MonitoringPort } from '../ports.js';

export const openLocalMonitoring = ({ config, clock, deployment }: { config: StagingConfig; clock: Clock; deployment: LocalDeployment }): MonitoringPort => {
  const all: Sample[] = [];
  const watched = new Map<EnvironmentName, AbortController>();
  const lines = new Map<string, number>();
  const totals = new Map<string, { requests: number; errors: number }>();
  const ask = async (name: string, url: string): Promise<ServiceHealth> => {
    const started = clock.now();
    const answer = await fetch(url, { signal: AbortSignal.timeout(3000) }).then((r) => ({ ok: r.ok, detail: `HTTP ${r.status} after ${clock.now() - started} ms` }), (e: unknown) => ({ ok: false, detail: String(e) }));
    return { name, healthy: answer.ok, url, detail: answer.detail };
  };
  const loop = async (environment: EnvironmentName, signal: AbortSignal) => {
    let due = clock.now();
    while (!signal.aborted) {
      for (const seen of deployment.observe(environment)) {
        const usage = await deployment.resourcesOf(environment, seen.slot);
        const key = `${environment}/${seen.slot}`;
        const was = totals.get(key) ?? { requests: 0, errors: 0 };
        const now = seen.counters.requests < was.requests ? { requests: 0, errors: 0 } : was;
        totals.set(key, seen.counters);
        const before = lines.get(key) ?? 0;
        lines.set(key, seen.errorLogLines);
        const healthy = seen.url === null ? false : (await ask('', seen.url + config.service.health)).healthy;
        all.push({ at: clock.now(), environment, slot: seen.slot, version: seen.version, requests: seen.counters.requests - now.requests, errors: seen.counters.errors - now.errors, latencyAverageMs: seen.counters.latency.averageMs, latencyP95Ms: seen.counters.latency.p95Ms, cpuCores: usage?.cpuCores ?? null, memoryBytes: usage?.memoryBytes ?? null, healthy, restarts: seen.restarts, errorLogLines: Math.max(0, seen.errorLogLines - before) });
      }
      due = Math.max(due + config.rollout.sampleMs, clock.now());
      await clock.sleep(due - clock.now(), signal);
    }
  };
  return {
    name: 'local',
    watch: (environment) => {
      if (!watched.has(environment)) {
        const stop = new AbortController();
        watched.set(environment, stop);
        void loop(environment, stop.signal);
      }
      return Promise.resolve({ intervalMs: config.rollout.sampleMs, targets: ['blue', 'green'], rules: [] });
    },
    samples: (environment, slot, from, to) => Promise.resolve(all.filter((s) => s.environment === environment && s.slot === slot && s.at > from && s.at <= to)),
    next: () => Promise.resolve([]),
    health: async (environment) => ({
      services: [await ask(config.service.name, (await deployment.status(environment)).proxyUrl + config.service.health)],
      dependencies: await Promise.all(config.dependencies.map((d) => ask(d.name, d.health))),
    }),
    close: () => {
      for (const stop of watched.values()) stop.abort();
      return Promise.resolve();
    },
  };
};
