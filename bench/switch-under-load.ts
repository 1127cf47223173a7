import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { configSchema } from '../src/catalog/config.js';
import { openLocalDeployment } from '../src/tools/deployment/local/open-local-deployment.js';
import type { Artifact } from '../src/tools/ports.js';
import { systemClock as clock } from '../src/tools/system-clock.js';

/**
 * Switches versions every ten seconds while 50 connections ask without a pause, and says how many requests failed.
 * `tsx bench/switch-under-load.ts [seconds]`: 60 seconds unless told. Exits with 1 when a request failed.
 */
const seconds = Number(process.argv[2] ?? 60);
const switchEveryMs = 10_000;
const connections = 50;

const root = await mkdtemp(join(tmpdir(), 'switch-under-load-'));
const service = join(import.meta.dirname, '../test/tools/deployment/local/fixtures/service.mjs');
const artifact = async (version: string): Promise<Artifact> => {
  const path = join(root, version);
  await mkdir(path, { recursive: true });
  await copyFile(service, join(path, 'service.mjs'));
  await writeFile(join(path, 'version'), version);
  return { version, digest: version, path };
};

const config = configSchema.parse({
  approvers: ['bench'],
  service: { name: 'bench', start: { command: [process.execPath, 'service.mjs', '{port}'] } },
});
const deployment = openLocalDeployment({ config, stateDir: join(root, 'state'), clock });
const load = (url: string, duration: number) => autocannon({ url, connections, duration, workers: 1 });
/** Counted, not averaged from samples: the first and last second of a run are not whole. */
const perSecond = (result: autocannon.Result) => result.requests.total / result.duration;
const failedOf = (result: autocannon.Result) => result.non2xx + result.errors + result.timeouts;

try {
  const { proxyUrl, slots } = await deployment.provision('staging', await artifact('v0'));
  const directUrl = slots[0]?.url ?? '';
  await load(proxyUrl, 2); // warm
  const directBefore = await load(directUrl, 5);
  const before = await deployment.counters('staging');
  const loading = load(proxyUrl, seconds);
  let switches = 0;
  for (const endsAt = Date.now() + seconds * 1_000; Date.now() + switchEveryMs < endsAt; switches++) {
    await clock.sleep(switchEveryMs);
    await deployment.deployIdle('staging', await artifact(`v${switches + 1}`));
    await deployment.switchActive('staging');
    await deployment.retireIdle('staging', 5_000);
  }
  const proxied = await loading;
  const { slots: last, activeSlot } = await deployment.status('staging');
  const directAfter = await load(last.find(({ slot }) => slot === activeSlot)?.url ?? '', 5);
  const direct = (perSecond(directBefore) + perSecond(directAfter)) / 2; // before and after, as the machine has other things to do
  const after = await deployment.counters('staging');
  const failed = failedOf(proxied);
  console.log(`requests    ${proxied.requests.total} in ${proxied.duration} s over ${connections} connections, ${switches} switches`);
  console.log(
    `failed      ${failed} (non-2xx ${proxied.non2xx}, broken ${proxied.errors}, timed out ${proxied.timeouts}); the proxy dropped ${after.dropped - before.dropped}`,
  );
  console.log(
    `throughput  direct ${Math.round(direct)}/s, proxy ${Math.round(perSecond(proxied))}/s, ratio ${(perSecond(proxied) / direct).toFixed(2)}`,
  );
  console.log(
    `latency     direct p99 ${directAfter.latency.p99} ms, proxy p99 ${proxied.latency.p99} ms, longest ${proxied.latency.max} ms`,
  );
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  await deployment.close();
  await rm(root, { recursive: true, force: true });
}
