/**
 * The page of a release with more than 10 000 samples, on loopback: from asking for it until its heading and its charts are painted. The median of
 * seven visits counts, each in a browser context of its own. Needs `npm run build` and Debian's Chromium; exits with 1 from one second on.
 */
import { median } from 'simple-statistics';
import { hasBrowser, openBrowser } from '../scripts/browser.js';
import { simulatedServer } from '../scripts/simulated-server.js';

const visits = 7;
const mostMs = 1_000;
const wanted = 10_000;

if (!hasBrowser) {
  console.error('Failed to measure the first paint: there is no Chromium here. Install one: apt-get install chromium.');
  process.exit(1);
}
/** The soak of a day, sampled by the sampler that samples everywhere. */
const server = await simulatedServer({ sampleMs: 16_000, steps: [{ weightPercent: 10, pauseMs: 600_000 }], watchMs: 600_000 });
const browser = await openBrowser();
const id = await server.release('ship storefront v2.2.0 to staging, promote it if it is healthy');
const journal = await server.desk.journal(server.owner, id);
const digests = journal.filter((row) => row.kind === 'evidence').map((row) => (row.value as { digest: string }).digest); // every evidence row names its digest
const evidence = await Promise.all(digests.map((digest) => server.desk.evidence(server.owner, digest)));
const samples = evidence.reduce<number>((sum, one) => sum + ((one as { samples?: unknown[] } | null)?.samples?.length ?? 0), 0);

const times: number[] = [];
for (let visit = 0; visit < visits; visit += 1) {
  const context = await browser.newContext({ viewport: { width: 1_200, height: 900 } });
  await context.addInitScript((token) => sessionStorage.setItem('langgraph-staging-token', token), server.token);
  const page = await context.newPage();
  await page.goto(`${server.url}/#/releases/${id}`, { waitUntil: 'commit' });
  const painted = await page.waitForFunction((): Promise<number> | number => {
    const drawn = document.querySelector('h1') !== null && document.querySelectorAll('canvas').length > 3;
    return drawn ? new Promise<number>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())))) : 0;
  });
  times.push(Number(await painted.jsonValue()));
  await context.close();
}
await browser.close();
await server.close();

const typical = median(times);
console.log(
  `${samples} samples: painted after ${typical.toFixed(0)} ms (${times.map((time) => time.toFixed(0)).join(', ')}), at most ${mostMs} wanted`,
);
if (typical >= mostMs || samples < wanted) process.exitCode = 1;
process.exit();
