import { expect, test } from 'vitest';
import { orderCents } from '../../src/money.mjs';

test('a gift card pays for goods and shipping', () => {
  expect(orderCents([{ lineCents: 1_000 }], 400).totalCents).toBe(1_090);
});

test('a gift card never pays anything out', () => {
  expect(orderCents([{ lineCents: 1_000 }], 9_000).totalCents).toBe(0);
});
