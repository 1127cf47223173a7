import { expect, test } from 'vitest';
import { visitor } from '../support/browse.mjs';

test('an order takes one request', async () => {
  const guest = visitor();
  const placed = await guest.post('/api/checkout/fast', { productId: 7, email: 'ada@shop.example' });
  expect(placed.status).toBe(201);
  expect(await guest.json(placed.headers.get('location'))).toMatchObject({ totalCents: 8_900 });
});

test('a fast order of a sold-out product is 409', async () => {
  expect((await visitor().post('/api/checkout/fast', { productId: 24, email: 'ada@shop.example' })).status).toBe(409);
});

test('a fast order without an address is 400', async () => {
  expect((await visitor().post('/api/checkout/fast', { productId: 7 })).status).toBe(400);
});
