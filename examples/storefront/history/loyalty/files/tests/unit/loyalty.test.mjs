import { expect, test } from 'vitest';
import { orderCents } from '../../src/money.mjs';

test('each earlier order takes one percent off the goods', () => {
  expect(orderCents([{ lineCents: 10_000 }], 2).totalCents).toBe(9_800);
});

test('loyalty takes off ten percent at most', () => {
  expect(orderCents([{ lineCents: 10_000 }], 50).totalCents).toBe(9_000);
});
