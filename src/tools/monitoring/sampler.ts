import { reason } from '../../catalog/errors.js';
import type { EnvironmentName, Sample } from '../../catalog/tools.js';
import type { Clock } from '../ports.js';
import { askHealth, scrape } from './ask.js';
import { quantilesOf } from './histogram-quantile.js';
import type { SlotObservation } from './observable-deployment.js';
import { createProbes } from './probes.js';
import type { SampleStore } from './sample-store.js';
import { placeOf, type Resources, type SampleTaker } from './take-samples.js';

type Options = {
  environment: EnvironmentName;
  taker: SampleTaker;
  store: SampleStore;
  clock: Clock;
  intervalMs: number;
  /** Of the first service where none is named. */
  paths: { healthOf: (service?: string) => string; metricsOf: (service?: string) => string | undefined };
  /** Told after samples were stored. */
  onStored: () => void;
};

/**
 * Takes a sample of each occupied slot at every multiple of the interval since it began; a tick that takes longer skips the ones
 * that it missed. A health path or a scrape that is slow never holds a sample up: its answer goes into the first sample after it.
 */
export const startSampler = (options: Options) => {
  const { environment, taker, store, clock, intervalMs, paths, onStored } = options;
  const stopping = new AbortController();
  const health = createProbes<string, boolean>(); // by address: a late answer of the last process says nothing of the next
  const scrapes = createProbes<string, void>();
  const usage = createProbes<string, Resources>();
  const problems = new Map<string, string>();
  let unstored: Sample[] = [];

  const tick = async (at: number): Promise<void> => {
    unstored.push(...(await look(at)));
    attempt('samples', () => {
      store.addSamples(unstored);
      unstored = [];
      onStored();
    });
    unstored = unstored.slice(-maxUnstored);
  };

  const look = async (at: number): Promise<Sample[]> => {
    const seen = attempt('observation', () => taker.take(at));
    if (seen === null) return taker.blind(at);
    const patience = new AbortController();
    const enough = clock.sleep(intervalMs / 2, patience.signal);
    const samples = await Promise.all(
      seen.map(async ({ observation, sample }) => {
        scrapeSlot(observation, at);
        const [healthy, resources] = await Promise.all([askSlot(observation, enough), readResources(observation, enough)]);
        return { ...sample, ...resources, healthy };
      }),
    );
    patience.abort();
    return samples;
  };

  const askSlot = async ({ url, service }: SlotObservation, enough: Promise<void>): Promise<boolean | null> => {
    if (url === null) return false; // a slot without a process answers nobody
    return health.ask(url, async () => (await askHealth(url + paths.healthOf(service), askBoundMs)).healthy, enough);
  };

  const readResources = async (observation: SlotObservation, enough: Promise<void>) => {
    const place = placeOf(observation);
    const read = async () => {
      try {
        const found = await taker.resources(observation);
        problems.delete(`resources of ${place}`);
        return found;
      } catch (error) {
        problems.set(`resources of ${place}`, reason(error));
        return null;
      }
    };
    const found = await usage.ask(place, read, enough);
    return { cpuCores: found?.cpuCores ?? null, memoryBytes: found?.memoryBytes ?? null };
  };

  const scrapeSlot = ({ slot, service, url }: SlotObservation, at: number): void => {
    const metrics = paths.metricsOf(service);
    if (metrics === undefined || url === null) return;
    void scrapes.ask(url, async () => {
      const found = await scrape(url + metrics, askBoundMs);
      if (stopping.signal.aborted) return;
      const [series, faults] = 'failed' in found ? [[], [found.failed]] : [[...found.series, ...quantilesOf(found)], found.problems];
      const place = placeOf({ slot, service });
      const name = `${metrics} of ${place}`;
      if (faults.length > 0) problems.set(name, `${faults.length === 1 ? '' : `${faults.length} faults, first: `}${faults[0] ?? ''}`);
      else problems.delete(name);
      attempt('series', () => store.addScrape({ environment, place, at, series, problems: faults.slice(0, maxProblems) }));
    });
  };

  /** What fails is kept as a problem of that name until it works again; `health` shows it. */
  const attempt = <T>(name: string, work: () => T): T | null => {
    try {
      const result = work();
      problems.delete(name);
      return result;
    } catch (error) {
      problems.set(name, reason(error));
      return null;
    }
  };

  const run = async (): Promise<void> => {
    const startedAt = clock.now();
    attempt('observation', () => taker.begin());
    while (!stopping.signal.aborted) {
      await tick(clock.now()).then(
        () => problems.delete('sampler'),
        (error: unknown) => problems.set('sampler', reason(error)),
      );
      const now = clock.now();
      const due = startedAt + (Math.floor((now - startedAt) / intervalMs) + 1) * intervalMs;
      if (!stopping.signal.aborted) await clock.sleep(due - now, stopping.signal);
    }
  };

  const running = run();
  return {
    problems: (): string[] => [...problems].map(([name, why]) => `${name}: ${why}`),
    stop: async (): Promise<void> => {
      stopping.abort();
      await Promise.all([running, health.settled(), scrapes.settled(), usage.settled()]);
    },
  };
};

export type Sampler = ReturnType<typeof startSampler>;

const askBoundMs = 2_000;
const maxUnstored = 1_000;
const maxProblems = 5;
