import { afterEach, beforeEach, expect, test } from 'vitest';
import { openFastCheckout } from '../../src/features/fast-checkout.mjs';
import { temporaryShop } from '../support/temporary-shop.mjs';

let shop;
let buy;
beforeEach(async () => {
  shop = await temporaryShop();
  buy = openFastCheckout(shop);
});
afterEach(() => shop.close());

test('one step orders the product', () => {
  expect(buy('a', 6, 1, 'ada@shop.example')).toMatchObject({ totalCents: 7_900, lines: [{ productId: 6, quantity: 1 }] });
});

test('what the cart holds comes along', () => {
  shop.carts.add('a', 2, 1);
  expect(buy('a', 6, 1, 'ada@shop.example').lines.map((line) => line.productId)).toEqual([2, 6]);
  expect(shop.carts.read('a').lines).toEqual([]);
});

test('a sold-out product leaves the cart as it was', () => {
  shop.carts.add('a', 2, 1);
  expect(() => buy('a', 24, 1, 'ada@shop.example')).toThrow('Star map is sold out.');
  expect(shop.carts.read('a').lines).toHaveLength(1);
});
