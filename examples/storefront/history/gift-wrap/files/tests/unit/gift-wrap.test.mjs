import { expect, test } from 'vitest';
import { wrapped } from '../../src/features/gift-wrap.mjs';

test.each([
  [0, 0],
  [1_000, 490],
  [9_900, 0],
])('a wrapped parcel of %i cents travels for %i', (goodsCents, shippingCents) => {
  expect(wrapped({ lines: [], goodsCents })).toMatchObject({ shippingCents, totalCents: goodsCents + shippingCents });
});
