import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openFlags } from '../../src/flags.mjs';

const folder = mkdtempSync(join(tmpdir(), 'flags-'));
const file = join(folder, 'flags.json');
const write = (flags) => writeFileSync(file, JSON.stringify({ flags }));
afterEach(() => rmSync(file, { force: true }));

test('a feature without a flag is on, with a file and without', () => {
  expect(openFlags(undefined).isOn('wishlist', null)).toBe(true);
  expect(openFlags(file).isOn('wishlist', null)).toBe(true);
});

test('a change is seen by a shop that runs', () => {
  let now = 0;
  const flags = openFlags(file, () => now);
  write({ wishlist: { on: true, percentage: 100 } });
  expect(flags.isOn('wishlist', 'ada')).toBe(true);
  write({ wishlist: { on: false, percentage: 100 } });
  now = 1_000;
  expect(flags.isOn('wishlist', 'ada')).toBe(false);
});

test('a visitor stays where the percentage has put them', () => {
  write({ wishlist: { on: true, percentage: 30 } });
  const flags = openFlags(file);
  const visitors = Array.from({ length: 400 }, (_, index) => `visitor-${index}`);
  const first = visitors.filter((visitor) => flags.isOn('wishlist', visitor));
  expect(visitors.filter((visitor) => flags.isOn('wishlist', visitor))).toEqual(first);
  expect(first.length / visitors.length).toBeCloseTo(0.3, 1);
  expect(flags.isOn('wishlist', null)).toBe(false);
});
