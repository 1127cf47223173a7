import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { frozenReport } from '../src/server/frozen-report.js';
import { VirtualClock } from '../src/scenario/virtual-clock.js';
import { pageAssets } from '../src/page/page-assets.js';
import { openBrowser } from './browser.js';
import { simulatedServer } from './simulated-server.js';

/** `npm run screenshots`: pictures of the page for the documentation, taken in Debian's Chromium of releases in the simulated world. */
const folder = join(import.meta.dirname, '..', 'docs', 'screenshots');
const wide = { viewport: { width: 1_200, height: 900 }, colorScheme: 'light' as const };
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, colorScheme: 'dark' as const };

mkdirSync(folder, { recursive: true });
/** Once it is told to, the world takes a moment over each of its waits, so that somebody can look at a release that runs. */
class PacedClock extends VirtualClock {
  momentMs = 0;
  override async sleep(ms: number): Promise<void> {
    if (this.momentMs > 0) await setTimeout(this.momentMs);
    await super.sleep(ms);
  }
}
const clock = new PacedClock();
const server = await simulatedServer({ sampleMs: 60_000, steps: [{ weightPercent: 10, pauseMs: 600_000 }], watchMs: 600_000 }, clock);
const browser = await openBrowser();

const entered = async (options: BrowserContextOptions, path = ''): Promise<Page> => {
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(`${server.url}/#token=${server.token}`);
  await page.getByRole('heading', { name: 'Releases', level: 1 }).waitFor();
  if (path !== '') await page.goto(`${server.url}/#${path}`);
  return page;
};
const take = async (page: Page, name: string, more: { fullPage?: boolean } = {}): Promise<void> => {
  await page.screenshot({ path: join(folder, `${name}.png`), ...more });
  console.log(`docs/screenshots/${name}.png`);
  await page.context().close();
};

const promoted = await server.release('ship storefront v2.1.2 with wishlist to staging, promote it if it is healthy');
await server.approve(promoted);
await server.release('ship storefront v2.1.3 to staging');
clock.momentMs = 400;
const asked = await server.desk.request(
  server.owner,
  'ship storefront v2.2.0 with wishlist and fast-checkout to staging, promote it if it is healthy',
);
if (asked.kind === 'unclear') throw new Error(asked.question);

const running = await entered({ ...wide, viewport: { width: 1_200, height: 1_800 } }, `/releases/${asked.release}`);
await running
  .getByRole('img', { name: /Traffic to the candidate/ })
  .first()
  .waitFor();
await take(running, 'live');
clock.momentMs = 0;

await server.desk.settled(asked.release);
const waiting = await entered(wide, `/releases/${asked.release}`);
await waiting.getByRole('button', { name: 'Approve' }).waitFor();
await take(waiting, 'approval');

const dark = await entered(phone, `/releases/${asked.release}`);
await dark.getByRole('button', { name: 'Approve' }).waitFor();
await take(dark, 'phone-dark');

const list = await entered(wide);
await list.getByRole('link', { name: asked.release }).first().waitFor();
await take(list, 'list');

const history = await entered(wide);
await history.getByText('production').first().waitFor();
await history.getByRole('heading', { name: /history/i }).scrollIntoViewIfNeeded();
await take(history, 'history', { fullPage: true });

const file = join(tmpdir(), `staging-report-${process.pid}.html`);
await writeFile(file, await frozenReport(server.desk, pageAssets())(promoted));
const report = await (await browser.newContext(wide)).newPage();
await report.goto(pathToFileURL(file).href);
await report.locator('canvas').first().waitFor();
await report
  .getByRole('heading', { name: /Since the deployment|takes all traffic of production/ })
  .first()
  .scrollIntoViewIfNeeded();
await take(report, 'report');

await browser.close();
await server.close();
