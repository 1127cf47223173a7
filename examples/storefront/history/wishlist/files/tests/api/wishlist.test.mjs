import { expect, test } from 'vitest';
import { visitor } from '../support/browse.mjs';

const idsOf = async (response) => (await response.json()).products.map((product) => product.id);

test('a wish is remembered and can be taken back', async () => {
  const guest = visitor();
  expect(await idsOf(await guest.post('/api/wishlist', { productId: 24 }))).toEqual([24]);
  expect(await idsOf(await guest.remove('/api/wishlist/24'))).toEqual([]);
});

test('wishing for an unknown product is 404', async () => {
  expect((await visitor().post('/api/wishlist', { productId: 999 })).status).toBe(404);
});

test('the page shows the wishlist of its visitor', async () => {
  const guest = visitor();
  await guest.send('/api/wishlist', { method: 'POST', body: new URLSearchParams({ productId: '6' }) });
  expect(await (await guest.get('/')).text()).toContain('<ul><li>Reading lamp</li></ul>');
});
