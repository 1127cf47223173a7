import { expect, test } from 'vitest';
import { formatCents, lineCents, orderCents } from '../../src/money.mjs';

test.each([
  [1_000, 1, 1_000],
  [1_000, 2, 2_000],
  [1_000, 3, 2_700],
  [3_900, 10, 35_100],
])('%i cents times %i is %i', (price, quantity, expected) => {
  expect(lineCents(price, quantity)).toBe(expected);
});

test('goods below fifty euros travel for 4.90', () => {
  expect(orderCents([{ lineCents: 4_999 }])).toEqual({ goodsCents: 4_999, shippingCents: 490, totalCents: 5_489 });
});

test('goods from fifty euros on travel free', () => {
  expect(orderCents([{ lineCents: 2_000 }, { lineCents: 3_000 }]).shippingCents).toBe(0);
});

test('an empty cart costs nothing', () => {
  expect(orderCents([]).totalCents).toBe(0);
});

test('cents are written with two digits', () => {
  expect(formatCents(1_205)).toBe('€ 12.05');
});
