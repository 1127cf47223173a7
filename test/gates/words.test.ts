import { expect, test } from 'vitest';
import { counted, formatBytes, formatDuration, formatNumber, formatPercent, named, plain } from '../../src/gates/words.js';

test.each([
  [0, '0 s'],
  [250, '250 ms'],
  [1_500, '1.5 s'],
  [20_000, '20 s'],
  [90_000, '1 min 30 s'],
  [3_600_000, '1 h'],
  [86_400_000, '24 h'],
  [172_800_000, '48 h'],
  [86_399_999, '23 h 59 min 59.999 s'],
])('%i ms is said as %s', (ms, said) => {
  expect(formatDuration(ms)).toBe(said);
});

test.each([
  [199.97, '199.97'],
  [0.05, '0.05'],
  [0.1 + 0.2, '0.3'],
  [12_500, '12500'],
  [1_234_567.8, '1234568'],
])('the number %d is said as %s', (value, said) => {
  expect(formatNumber(value)).toBe(said);
});

test.each([
  [0, '0 B'],
  [1_023, '1023 B'],
  [64 * 1024 ** 2, '64 MiB'],
  [18 * 1024 ** 3, '18 GiB'],
  [-1_536, '-1.5 KiB'],
])('%d bytes are said as %s', (bytes, said) => {
  expect(formatBytes(bytes)).toBe(said);
});

test('a fraction is said in percent', () => {
  expect(formatPercent(0.0007)).toBe('0.07 %');
});

test('one is singular, anything else plural', () => {
  expect([counted(1, 'test'), counted(2, 'test'), counted(0, 'vulnerability', 'vulnerabilities')]).toEqual([
    '1 test',
    '2 tests',
    '0 vulnerabilities',
  ]);
});

test('more than three names end in a number', () => {
  expect(named(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c, 2 more');
  expect(named(['a', 'b', 'c'])).toBe('a, b, c');
});

test('text from outside keeps one line and loses control and bidirectional characters', () => {
  expect(plain(' a\n\u001b[31mb\u202Ec\u0000 ')).toBe('a [31mb c');
  expect([...plain('😀'.repeat(500))]).toHaveLength(160);
});
