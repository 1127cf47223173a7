import { fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { median } from 'simple-statistics';
import { configSchema } from '#src/catalog/config.js';
import { openLocalDeployment } from '#src/tools/deployment/local/open-local-deployment.js';
import type { Artifact } from '#src/tools/ports.js';
import { systemClock as clock } from '#src/tools/system-clock.js';
import { openHaproxy } from './switch/haproxy.js';

/**
 * The embedded proxy under 50 connections that ask without a pause: first beside HAProxy before the same server, in rounds that alternate, the
 * median of the ratios counts; then while versions are switched every ten seconds. "bytes" is a process that carries what comes and reads
 * nothing of it: as much as one thread of Node can. A minute of switches; another number of seconds as its argument.
 * Exits with 1 when a request failed, or when the proxy carries less than 0.8 of what HAProxy does. Needs `haproxy`.
 */
const seconds = Number(process.argv[2] ?? 60);
const switchEveryMs = 10_000;
const connections = 50;
const rounds = 5;
const atLeast = 0.8;

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
  const haproxy = await openHaproxy(directUrl, root);
  const bytes = fork(join(import.meta.dirname, 'switch/forward-bytes.ts'), [new URL(directUrl).port]);
  const [bytesPort] = (await once(bytes, 'message')) as [number];
  const urls = [haproxy.url, `http://127.0.0.1:${bytesPort}`, proxyUrl] as const;
  for (const url of urls) await load(url, 2); // warm
  const ratios: { bytes: number; proxy: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const [theirs, atBest, ours] = [
      perSecond(await load(urls[0], 4)),
      perSecond(await load(urls[1], 4)),
      perSecond(await load(urls[2], 4)),
    ];
    const ratio = { bytes: atBest / theirs, proxy: ours / theirs };
    ratios.push(ratio);
    console.log(
      `round ${round + 1}     HAProxy ${Math.round(theirs)}/s, bytes ${Math.round(atBest)}/s (${ratio.bytes.toFixed(2)}), proxy ${Math.round(ours)}/s (${ratio.proxy.toFixed(2)})`,
    );
  }
  bytes.disconnect();
  await haproxy.close();
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
  const ratio = median(ratios.map(({ proxy }) => proxy));
  console.log(
    `bytes       ${median(ratios.map((one) => one.bytes)).toFixed(2)} of HAProxy's throughput: what Node carries without reading it`,
  );
  console.log(`${ratio >= atLeast ? 'ok    ' : 'Failed'}      ${ratio.toFixed(2)} of HAProxy's throughput, at least ${atLeast}`);
  process.exitCode = failed === 0 && ratio >= atLeast ? 0 : 1;
} finally {
  await deployment.close();
  await rm(root, { recursive: true, force: true });
}
