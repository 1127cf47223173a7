import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSweep } from '../../src/housekeeping.mjs';
import { temporaryShop } from '../support/temporary-shop.mjs';

let shop;
beforeEach(async () => (shop = await temporaryShop()));
afterEach(() => shop.close());

test('carts of last year are swept and those of today stay', () => {
  const now = Date.now();
  shop.carts.add('old', 2, 1);
  shop.database.prepare('UPDATE cart_lines SET touched_at = ?').run(now - 365 * 24 * 3_600_000);
  shop.carts.add('young', 3, 1);
  expect(createSweep(shop.database)(now)).toBe(1);
  expect(shop.carts.read('young').lines).toHaveLength(1);
});
