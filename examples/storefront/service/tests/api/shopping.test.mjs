import { expect, test } from 'vitest';
import { visitor } from '../support/browse.mjs';

test('looking around starts no session', async () => {
  expect((await visitor().get('/api/cart')).headers.get('set-cookie')).toBeNull();
});

test('the first piece starts a session that scripts cannot read', async () => {
  const response = await visitor().post('/api/cart', { productId: 2 });
  expect(response.headers.get('set-cookie')).toContain('HttpOnly');
});

test('the cart remembers', async () => {
  const guest = visitor();
  await guest.post('/api/cart', { productId: 2, quantity: 2 });
  expect((await guest.json('/api/cart')).lines).toMatchObject([{ productId: 2, quantity: 2 }]);
});

test('a form adds a piece and returns to the page', async () => {
  const response = await visitor().send('/api/cart', { method: 'POST', body: new URLSearchParams({ productId: '4' }) });
  expect([response.status, response.headers.get('location')]).toEqual([303, '/#cart']);
});

test('an order is placed and can be read again', async () => {
  const guest = visitor();
  await guest.post('/api/cart', { productId: 7 });
  const placed = await guest.post('/api/orders', { email: 'ada@shop.example' });
  expect(placed.status).toBe(201);
  expect(await guest.json(placed.headers.get('location'))).toMatchObject({ totalCents: 8_900 });
});

test.each([
  ['not JSON', '{"productId":'],
  ['no object', '[1]'],
  ['no product', '{"quantity":1}'],
  ['a negative quantity', '{"productId":1,"quantity":-1}'],
])('%s is 400', async (_what, body) => {
  const response = await visitor().send('/api/cart', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  expect(response.status).toBe(400);
});

test('an order without an address is 400', async () => {
  expect((await visitor().post('/api/orders', { email: 'nobody' })).status).toBe(400);
});
