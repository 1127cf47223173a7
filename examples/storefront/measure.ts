import autocannon from 'autocannon';
import { createJiti } from 'jiti';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { configSchema, type TrafficConfig } from '../../src/catalog/config.js';
import { makeRepository } from './make-repository.mjs';
import { checkOutVersion, startVersion } from './run-version.js';

// As the command loads it: the configuration imports the package by its name, which in a checkout is the source.
const jiti = createJiti(import.meta.url, { alias: { 'langgraph-staging': join(import.meta.dirname, '../../src/catalog/config.ts') } });
const config = configSchema.parse(await jiti.import('./staging.config.ts', { default: true }));
const MiB = 1024 ** 2;
const trafficSeconds = 30;

/**
 * Prints what the limits of `staging.config.ts` rest on: throughput and latency under its load, then how fast the resident memory
 * grows under its traffic. `npx tsx examples/storefront/measure.ts [v2.2.0+wishlist+fast-checkout v2.6.0 …]`
 */
const measure = async (what: string): Promise<void> => {
  const [version = '', ...features] = what.split('+');
  const folder = join(import.meta.dirname, '.work', `measure-${version}`);
  await checkOutVersion(makeRepository().path, version, folder, features);
  const shop = await startVersion(folder);
  const load = await autocannon({
    url: shop.url,
    connections: config.load.connections,
    duration: config.load.durationMs / 1_000,
    requests: requestsTo(config.load.paths),
  });
  const samples = await underTraffic(shop.url, config.traffic.production ?? fail('production has no traffic'));
  await shop.stop();
  await rm(folder, { recursive: true });
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) return fail('no sample was taken');
  console.log(
    [
      what,
      `load ${Math.round(load.requests.average)} requests/s, ${load.latency.average.toFixed(1)} ms on average, ${load.errors + load.non2xx} failed`,
      `memory ${toMiB(first.bytes)} -> ${toMiB(last.bytes)} MiB in ${trafficSeconds} s of traffic`,
      `growth ${toMiB(slopePerMinute(samples))} MiB/min (least squares)`,
    ].join('; '),
  );
};

type MemorySample = { atMs: number; bytes: number };

const underTraffic = async (url: string, traffic: TrafficConfig): Promise<MemorySample[]> => {
  const running = autocannon({
    url,
    connections: traffic.connections,
    overallRate: traffic.ratePerSecond,
    duration: trafficSeconds,
    requests: requestsTo(traffic.paths),
  });
  const samples: MemorySample[] = [];
  const endsAt = performance.now() + trafficSeconds * 1_000;
  while (performance.now() < endsAt) {
    samples.push({ atMs: performance.now(), bytes: await residentBytes(url) });
    await sleep(config.rollout.sampleMs);
  }
  await running;
  return samples;
};

const residentBytes = async (url: string): Promise<number> => {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)?.[1] ?? fail('the shop does not tell its memory'));
};

const slopePerMinute = (samples: readonly MemorySample[]): number => {
  const meanOf = (of: (sample: MemorySample) => number) => samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [atMs, bytes] = [meanOf((sample) => sample.atMs), meanOf((sample) => sample.bytes)];
  const covariance = meanOf((sample) => (sample.atMs - atMs) * (sample.bytes - bytes));
  return (covariance / meanOf((sample) => (sample.atMs - atMs) ** 2)) * 60_000;
};

const requestsTo = (paths: readonly string[] = ['/']) => paths.map((path) => ({ method: 'GET' as const, path }));

const toMiB = (bytes: number): string => (bytes / MiB).toFixed(1);

const fail = (why: string): never => {
  throw new Error(`Failed to measure: ${why}.`);
};

const asked = process.argv.slice(2);
for (const what of asked.length > 0 ? asked : ['v2.1.1', 'v2.2.0+wishlist+fast-checkout', 'v2.6.0']) await measure(what);
