import fc from 'fast-check';
import { expect, test } from 'vitest';
import { configSchema } from '../../src/catalog/config.js';
import { memoryGrowthPerMinute } from '../../src/gates/memory-growth.js';
import { seconds } from './recorded.js';

const MB = 1e6;
const limit = configSchema.shape.gates.parse({}).maxMemoryGrowthBytesPerMinute;
const growth = (memory: (second: number) => number, count = 20) =>
  memoryGrowthPerMinute(seconds(count, (s) => ({ memoryBytes: Math.round(60 * MB + memory(s) * MB) })));
const tooth = (period: number, phase: number, height: number) => (s: number) => (height * ((s + phase) % period)) / period;

test('a leak of 2 MB/s is measured exactly', () => {
  expect(growth((s) => 2 * s)).toBeCloseTo(120 * MB, -2);
});

const period = fc.integer({ min: 2, max: 5 });
const phase = fc.nat(4);

test('a leak of 2 MB/s or more is caught within 20 samples, under noise, collections and warming up', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 2, max: 50, noNaN: true }),
      period,
      phase,
      fc.nat(20),
      fc.nat(40),
      (rate, teeth, shift, height, warmth) => {
        const measured = growth((s) => rate * s + tooth(teeth, shift, height)(s) + warmth * (1 - Math.exp(-s / 2)) + (s % 3) * 0.3);
        expect(measured).toBeGreaterThan(limit);
      },
    ),
    { numRuns: 1_000 },
  );
});

test('collections are no leak', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 10 }), fc.nat(9), fc.nat(60), (teeth, shift, height) => {
      expect(growth(tooth(teeth, shift, height))).toBeLessThanOrEqual(limit);
    }),
    { numRuns: 1_000 },
  );
});

test('warming up that settles is no leak', () => {
  fc.assert(
    fc.property(
      fc.nat(60),
      fc.double({ min: 1, max: 3, noNaN: true }),
      fc.double({ min: -0.5, max: 0.5, noNaN: true }),
      (height, time, wobble) => {
        expect(growth((s) => height * (1 - Math.exp(-s / time)) + wobble * Math.sin(s))).toBeLessThanOrEqual(limit);
      },
    ),
    { numRuns: 1_000 },
  );
});

test.each([
  ['a step within the first 7 s', (s: number) => (s >= 7 ? 80 : 0), 20],
  ['a climb over the first 8 s', (s: number) => 10 * Math.min(s, 8), 20],
  ['a slow creep of 0.5 MB/s', (s: number) => 0.5 * s, 20],
  ['a climb over the first minute of five', (s: number) => 2 * Math.min(s, 60), 300],
  ['a floor that stays while the peaks rise', (s: number) => (s % 4) * s, 20],
  ['collections 9 s apart', tooth(9, 7, 60), 20],
  ['memory that is given back', (s: number) => -2 * s, 20],
])('%s is no leak', (_, memory, count) => {
  expect(growth(memory, count)).toBeLessThanOrEqual(limit);
});

test('a leak that begins late is seen by the later half', () => {
  expect(growth((s) => 2 * Math.max(0, s - 150), 300)).toBeGreaterThan(limit);
});

test('the steeper the leak, the larger the measured growth', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 100, noNaN: true }),
      fc.double({ min: 0.1, max: 50, noNaN: true }),
      fc.integer({ min: 16, max: 90 }),
      (rate, more, count) => {
        expect(growth((s) => (rate + more) * s, count)).toBeGreaterThan(growth((s) => rate * s, count) ?? Infinity);
      },
    ),
  );
});

test.each([
  ['none', 0],
  ['one', 1],
  ['15, over less than 15 s', 15],
])('too few samples measure nothing: %s', (_, count) => {
  expect(growth((s) => 5 * s, count)).toBeNull();
});

test('samples with a hole of a whole window measure nothing', () => {
  const samples = seconds(20).filter(({ at }) => at < 5_000 || at > 10_000);
  expect(memoryGrowthPerMinute(samples)).toBeNull();
});
