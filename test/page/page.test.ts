import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hasBrowser, openPage } from '../support/browser.js';
import { servedDesk, tokenOf } from '../support/served-desk.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds that keeps people out. */
const barriers = async (page: Page) => {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run()); // the script above brought it
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => [id, nodes[0]?.html]);
};

const enter = async (page: Page, url: string, who: 'vera' | 'owner' | 'rita') => {
  await page.goto(url);
  await page.getByLabel('Token').fill(tokenOf(who));
  await page.getByRole('button', { name: 'Enter' }).click();
  await page.getByRole('heading', { name: 'Releases', level: 1 }).waitFor();
};

describe.skipIf(!hasBrowser)('in a browser', () => {
  test('a person asks for a release, follows it, and an approver lets it go to production', async () => {
    const { url, desk } = await servedDesk();
    const { page, complaints } = await openPage();
    await enter(page, url, 'rita');
    await page.getByLabel('Ask for a release').fill('ship storefront v2.2 to staging, promote it if it is healthy');
    await page.keyboard.press('Enter');
    await page.getByRole('status').filter({ hasText: 'Which version is "v2.2"' }).waitFor();
    await page.getByRole('button', { name: 'v2.2.0' }).click();
    await page.getByRole('link', { name: 'Follow it' }).click();
    await page.getByText('Promote storefront v2.2.0 to production?').first().waitFor();

    const security = page.getByRole('region', { name: 'Checks of the security gate' });
    expect(await security.getByRole('row').count()).toBe(5);
    expect(await page.getByRole('img', { name: /Latency: average between/ }).count()).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    await page.getByText(/Since the last release: \d+ files, \+\d+/).waitFor();
    await page.getByRole('heading', { name: 'Plan' }).waitFor();
    await page.getByLabel('Comment').fill('I would like to');
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('alert').filter({ hasText: 'only approver may' }).waitFor();

    await page.getByRole('link', { name: 'Leave' }).click();
    await enter(page, url, 'owner');
    await page
      .getByRole('link', { name: (await desk.list({ name: 'test', roles: ['viewer'] }))[0]?.release ?? '' })
      .first()
      .click();
    await page.getByLabel('Ask about this release').fill('why is it waiting?');
    await page.getByRole('button', { name: 'Ask' }).click();
    await page.getByText('waits for an approver').waitFor();
    await page.getByLabel('Comment').fill('looks good');
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('status').filter({ hasText: 'promoted' }).waitFor();
    expect(await page.getByRole('region', { name: 'Deployments of this release' }).getByText('production').count()).toBeGreaterThan(0);
    expect(complaints.filter((one) => !one.includes('403'))).toEqual([]);
  });

  test.each([
    ['light and wide', { viewport: { width: 1_200, height: 900 }, colorScheme: 'light' as const }],
    ['dark, on a phone', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' as const }],
  ])('nothing keeps anybody out, and nothing is wider than the screen: %s', async (_, options) => {
    const { url, desk, release } = await servedDesk();
    const id = await release();
    await desk.settled(id);
    const { page } = await openPage({ ...options, bypassCSP: true }); // for axe alone, which comes as a script
    await enter(page, url, 'vera');
    await page.getByRole('region', { name: 'Releases' }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('link', { name: id }).first().click();
    await page.getByRole('heading', { name: 'storefront v2.2.0' }).waitFor();
    expect(await barriers(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  });

  test('the report is the same page, frozen: it opens from a file, without a network, and draws its charts', async () => {
    const { desk, release, call, folder } = await servedDesk();
    const id = await release();
    await desk.settled(id);
    const file = join(folder, 'report.html');
    await writeFile(file, (await call('vera', `/api/releases/${id}/report`)).text);
    const { page, context, complaints } = await openPage();
    await context.setOffline(true);
    await page.goto(pathToFileURL(file).href);
    await page.getByRole('heading', { name: 'storefront v2.2.0' }).waitFor();
    expect(await page.locator('canvas').count()).toBeGreaterThan(3);
    expect(await page.getByText(id).first().isVisible()).toBe(true);
    expect(complaints).toEqual([]);
  });
});

test('what was recorded can put no script into a report', async () => {
  const { desk, release, call } = await servedDesk();
  const id = await release();
  await desk.settled(id);
  const { question } = (await call('owner', `/api/releases/${id}/question`)).json as { question: { digest: string } };
  const comment = '</script><script>alert(1)</script><img src=x onerror=alert(2)>';
  await call('owner', `/api/releases/${id}/reject`, { json: { digest: question.digest, comment } });
  await desk.settled(id);
  const { text } = await call('vera', `/api/releases/${id}/report`);
  expect(text).not.toMatch(/<script>alert|<img src=x/);
  expect(text.match(/<script/g)).toHaveLength(2);
  expect(text).toContain('&lt;script');
});
