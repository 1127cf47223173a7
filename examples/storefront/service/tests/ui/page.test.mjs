import { chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

const flags = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
];

let browser;
let page;
beforeAll(
  async () =>
    (browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', headless: true, args: flags })),
);
afterAll(() => browser?.close());
beforeEach(async () => {
  page = await browser.newPage({ javaScriptEnabled: false, viewport: { width: 1000, height: 800 } });
  await page.goto(process.env.TARGET_URL);
});
afterEach(() => page.close());

const add = (name) => page.getByRole('button', { name: `Add to cart: ${name}` }).click();
const cart = () => page.getByRole('region', { name: 'Cart' });

test('every product has a name and a price', async () => {
  expect(await page.locator('.products li h2').count()).toBe(24);
  expect(await page.locator('.products li .price').allTextContents()).toContain('€ 79.00');
});

test('the cart starts empty', async () => {
  expect(await cart().textContent()).toContain('Your cart is empty.');
});

test('a button adds its product', async () => {
  await add('Wall clock');
  expect(await cart().textContent()).toContain('1 × Wall clock');
});

test('a sold-out product has no button', async () => {
  expect(await page.locator('[data-product="24"] button').count()).toBe(0);
});

test('an order can be placed without scripts', async () => {
  await add('Wool blanket');
  await page.getByLabel('E-mail').fill('ada@shop.example');
  await page.getByRole('button', { name: 'Order', exact: true }).click();
  expect(await page.getByRole('status').textContent()).toMatch(/order \d+ for € 89\.00 is placed/);
});
