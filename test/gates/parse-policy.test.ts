import { expect, test } from 'vitest';
import { parsePolicy } from '../../src/gates/parse-policy.js';

test('a document within the bound is read as it is, whatever brackets its texts hold', () => {
  const nested = `${'['.repeat(60)}1${']'.repeat(60)}`;
  expect(JSON.stringify(parsePolicy(nested, 'policy'))).toBe(nested);
  expect(parsePolicy(`query: sum(rate(up{job="a"}[5m]))\n`.repeat(1), 'policy')).toEqual({ query: 'sum(rate(up{job="a"}[5m]))' });
});

test('brackets that open and open are refused at once, and not parsed', () => {
  expect(() => parsePolicy('['.repeat(100_000), 'policy')).toThrow('Failed to read the policy: it is nested too deeply.');
});
