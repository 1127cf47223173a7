import { resolve } from 'node:path';
import type { StagingConfig } from '../../catalog/config.js';
import type { EnvironmentName, ServiceHealth, SlotName } from '../../catalog/tools.js';
import type { Clock, MonitoringPort } from '../ports.js';
import { alertRules } from './alerts.js';
import { askHealth } from './ask.js';
import type { ObservableDeployment } from './observable-deployment.js';
import { openSampleStore, type Point } from './sample-store.js';
import { startSampler, type Sampler } from './sampler.js';
import { createSampleTaker, placeOf } from './take-samples.js';

export interface LocalMonitoring extends MonitoringPort {
  readonly name: 'local';
  /** Scraped values of a metric of the first service or of a named one, `fromAt < at <= toAt`, oldest first; of a histogram `h` also `h:quantile`. */
  series(environment: EnvironmentName, slot: SlotName, name: string, fromAt: number, toAt: number, service?: string): Promise<Point[]>;
}

/**
 * Monitoring of this machine's own environments: what their proxy counted, what the process table and the health path say, and
 * the service's own metrics, kept in a small store. An instrument that fails is seen as unknown values and named by `health`.
 */
export const openLocalMonitoring = (options: {
  config: StagingConfig;
  stateDir: string;
  clock: Clock;
  deployment: ObservableDeployment;
}): LocalMonitoring => {
  const { config, clock, deployment } = options;
  const { service, services, dependencies, rollout } = config;
  const healthOf = (name?: string): string => services.find((one) => one.name === name)?.health ?? service.health;
  const metricsOf = (name?: string): string | undefined =>
    (name === undefined ? service : services.find((one) => one.name === name))?.metrics;
  const store = openSampleStore(resolve(options.stateDir));
  const samplers = new Map<EnvironmentName, Sampler>();
  const waiting = new Set<() => void>();
  const wake = (): void => waiting.forEach((look) => look());
  let closed = false;

  const serve = (environment: EnvironmentName): Sampler =>
    startSampler({
      environment,
      taker: createSampleTaker(environment, deployment),
      store,
      clock,
      intervalMs: rollout.sampleMs,
      paths: { healthOf, metricsOf },
      onStored: wake,
    });

  return {
    name: 'local',
    watch: async (environment) => {
      if (!samplers.has(environment) && !closed) samplers.set(environment, serve(environment));
      const { proxyUrl } = await deployment.status(environment);
      const paths = [service.health, ...(service.metrics === undefined ? [] : [service.metrics])];
      const slots = (['blue', 'green'] as const).flatMap((slot) => [
        ...paths.map((path) => `${environment}/${slot}${path}`),
        ...services.flatMap(({ name, health, metrics }) =>
          [health, ...(metrics === undefined ? [] : [metrics])].map((path) => `${environment}/${slot} of ${name}${path}`),
        ),
      ]);
      return {
        intervalMs: rollout.sampleMs,
        targets: [...(proxyUrl === '' ? [] : [proxyUrl]), ...slots, ...dependencies.map((dependency) => dependency.health)],
        rules: alertRules(rollout.breach),
      };
    },
    samples: (environment, slot, fromAt, toAt) => Promise.resolve(store.samples(environment, slot, fromAt, toAt)),
    next: (environment, at, signal) =>
      new Promise((settle) => {
        const look = (): void => {
          const fresh = closed || signal?.aborted ? [] : store.newerThan(environment, at);
          if (fresh.length === 0 && !closed && !signal?.aborted) return;
          waiting.delete(look);
          signal?.removeEventListener('abort', look);
          settle(fresh);
        };
        waiting.add(look);
        signal?.addEventListener('abort', look, { once: true });
        look();
      }),
    health: async (environment) => {
      const status = await deployment.status(environment);
      const answers = async (name: string, url = ''): Promise<ServiceHealth> =>
        url === '' ? notRunning(name) : asked(name, url + healthOf(name));
      const [own, beside, others] = await Promise.all([
        answers(service.name, status.proxyUrl),
        Promise.all(services.map(({ name }) => answers(name, status.services.find((one) => one.name === name)?.url))),
        Promise.all(dependencies.map(({ name, health }) => asked(name, health))),
      ]);
      const problems = samplers.get(environment)?.problems() ?? [];
      return { services: [{ ...own, detail: [own.detail, ...problems].join('; ') }, ...beside], dependencies: others };
    },
    series: (environment, slot, name, fromAt, toAt, service) =>
      Promise.resolve(store.points({ environment, place: placeOf({ slot, service }) }, name, fromAt, toAt)),
    close: async () => {
      if (closed) return;
      closed = true;
      await Promise.all([...samplers.values()].map((sampler) => sampler.stop()));
      wake();
      store.close();
    },
  };
};

const askBoundMs = 3_000;

const asked = async (name: string, url: string): Promise<ServiceHealth> => ({ name, url, ...(await askHealth(url, askBoundMs)) });

const notRunning = (name: string): ServiceHealth => ({ name, url: '', healthy: false, detail: 'its environment does not run' });
