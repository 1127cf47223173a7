import { expect, test } from 'vitest';
import { visitor } from '../support/browse.mjs';

/** Each of these has been wrong once. */

test('a bulk discount is rounded once, on the line: three mugs cost 26.86', async () => {
  const cart = await (await visitor().post('/api/cart', { productId: 1, quantity: 3 })).json();
  expect(cart.goodsCents).toBe(2_686);
});

test('fifty euros exactly travel free', async () => {
  const guest = visitor();
  await guest.post('/api/cart', { productId: 5, quantity: 2 });
  const cart = await (await guest.post('/api/cart', { productId: 15, quantity: 1 })).json();
  expect(cart).toMatchObject({ goodsCents: 5_000, shippingCents: 0 });
});

test('the hundredth piece is refused and the cart kept', async () => {
  const guest = visitor();
  await guest.post('/api/cart', { productId: 19, quantity: 99 });
  expect((await guest.post('/api/cart', { productId: 19 })).status).toBe(400);
  expect((await guest.json('/api/cart')).lines).toMatchObject([{ quantity: 99 }]);
});

test('a sold-out product is 409, not 500', async () => {
  expect((await visitor().post('/api/cart', { productId: 24 })).status).toBe(409);
});

test('a second order of an empty cart is 409', async () => {
  const guest = visitor();
  await guest.post('/api/cart', { productId: 5 });
  await guest.post('/api/orders', { email: 'ada@shop.example' });
  expect((await guest.post('/api/orders', { email: 'ada@shop.example' })).status).toBe(409);
});

test("another visitor's order is 404", async () => {
  const guest = visitor();
  await guest.post('/api/cart', { productId: 5 });
  const placed = await guest.post('/api/orders', { email: 'ada@shop.example' });
  expect((await visitor().get(placed.headers.get('location'))).status).toBe(404);
});

test('broken percent encoding is 400', async () => {
  expect((await visitor().get('/api/products/%zz')).status).toBe(400);
});

test('a body that is too long is 413', async () => {
  expect((await visitor().post('/api/cart', { note: 'x'.repeat(20_000) })).status).toBe(413);
});
