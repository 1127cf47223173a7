import { expect, test } from 'vitest';
import { visitor } from '../support/browse.mjs';

test('all products are listed', async () => {
  expect((await visitor().json('/api/products')).products).toHaveLength(24);
});

test('a category narrows the list', async () => {
  const { products } = await visitor().json('/api/products?category=desk');
  expect(products.map((product) => product.id)).toEqual([11, 12, 13, 14, 15]);
});

test('one product is shown by its id', async () => {
  expect(await visitor().json('/api/products/6')).toMatchObject({ name: 'Reading lamp', priceCents: 7_900 });
});

test('an unknown product is 404', async () => {
  expect((await visitor().get('/api/products/999')).status).toBe(404);
});

test('an id that is no number is 400', async () => {
  expect((await visitor().get('/api/products/lamp')).status).toBe(400);
});

test('recommendations leave out what is in the cart', async () => {
  const guest = visitor();
  await guest.post('/api/cart', { productId: 11 });
  const { products } = await guest.json('/api/recommendations?limit=4');
  expect(products).toHaveLength(4);
  expect(products.map((product) => product.id)).not.toContain(11);
});
