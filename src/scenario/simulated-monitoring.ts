import { alertRules } from '../tools/monitoring/alerts.js';
import type { MonitoringPort } from '../tools/ports.js';
import type { SimulatedHistory } from './simulated-history.js';
import type { Sampler } from './simulated-sampler.js';
import { simulatedUrl } from './simulated-url.js';
import type { World } from './simulated-world.js';

/** Looks at the simulated environments; in an outage there are no samples, which is not the same as good ones. */
export const simulatedMonitoring = (world: World, history: SimulatedHistory, sampler: Sampler): MonitoringPort => {
  const { config, clock } = world;
  const samples: Sampler = (environment, ...asked) =>
    sampler(environment, ...asked).filter((sample) => world.fault('monitoring_down', { environment, at: sample.at }) === null);

  return {
    name: 'simulated',
    watch: (environment) =>
      Promise.resolve({
        intervalMs: config.rollout.sampleMs,
        targets: [`simulated://${environment}/blue`, `simulated://${environment}/green`],
        rules: alertRules(config.rollout.breach),
      }),
    samples: (...asked) => Promise.resolve(samples(...asked)),
    next: async (environment, at, signal) => {
      if (signal?.aborted) return [];
      await world.spend(config.rollout.sampleMs);
      return (['blue', 'green'] as const).flatMap((slot) => {
        const found = samples(environment, slot, at, clock.now());
        return found.filter((sample) => sample.at === found[0]?.at); // one of each service
      });
    },
    health: (environment) => {
      const { active, slots } = history.current(environment);
      const services = [undefined, ...config.services.map(({ name }) => name)].map((service) => {
        const down = world.fault('environment_not_ready', { environment, service }) !== null || slots[active] === null;
        return {
          name: service ?? config.service.name,
          healthy: !down,
          url: simulatedUrl({ environment, service }),
          detail: `simulated${down ? ': no answer' : ''}`,
        };
      });
      return Promise.resolve({
        services,
        dependencies: config.dependencies.map(({ name, health }) => ({ name, healthy: true, url: health, detail: 'simulated' })),
      });
    },
    close: () => Promise.resolve(),
  };
};
