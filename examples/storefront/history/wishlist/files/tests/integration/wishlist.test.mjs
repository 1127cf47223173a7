import { afterEach, beforeEach, expect, test } from 'vitest';
import { openWishlist } from '../../src/features/wishlist.mjs';
import { temporaryShop } from '../support/temporary-shop.mjs';

let shop;
let wishlist;
beforeEach(async () => {
  shop = await temporaryShop();
  wishlist = openWishlist(shop);
});
afterEach(() => shop.close());

test('wishing twice is wishing once', () => {
  wishlist.add('a', 6);
  expect(wishlist.add('a', 6)).toEqual([{ id: 6, name: 'Reading lamp', priceCents: 7_900 }]);
});

test('a wishlist belongs to its session', () => {
  wishlist.add('a', 6);
  expect(wishlist.list('b')).toEqual([]);
});

test('what is not on the list cannot be removed', () => {
  expect(() => wishlist.remove('a', 6)).toThrow('Product 6 is not on the wishlist.');
});
