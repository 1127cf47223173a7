import { expect, test } from 'vitest';
import { visitor } from '../support/browse.mjs';

test('the shop says that it is well', async () => {
  expect(await visitor().json('/healthz')).toMatchObject({ status: 'ok', database: 'ok' });
});

test('the page is served with its style', async () => {
  const page = await (await visitor().get('/')).text();
  expect(page).toContain('<h1>Storefront</h1>');
  expect((await visitor().get('/style.css')).status).toBe(200);
});

test('a piece can be put in the cart', async () => {
  expect((await visitor().post('/api/cart', { productId: 3 })).status).toBe(200);
});

test('metrics count requests', async () => {
  const guest = visitor();
  await guest.get('/api/products');
  expect(await (await guest.get('/metrics')).text()).toMatch(/http_requests_total\{route="\/api\/products",status="200"\} \d+/);
});

test('errors carry the security headers and no stack', async () => {
  const response = await visitor().get('/no/such/page');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(await response.text()).not.toMatch(/\bat .*\.mjs/);
});
