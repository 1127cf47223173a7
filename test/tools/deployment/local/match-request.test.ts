import { expect, test } from 'vitest';
import { rolloutSchema } from '../../../../src/catalog/rollout-config.js';
import { createMatcher } from '../../../../src/tools/deployment/local/match-request.js';

const routed = (regex: string) => rolloutSchema.safeParse({ route: { match: [{ headerName: 'x-id', headerValue: { regex } }] } });

test('a visitor cannot keep the proxy busy with a header, whatever the expression', () => {
  const { route } = routed('(a+)+b').data ?? rolloutSchema.parse({});
  const matches = createMatcher(route.match);
  expect(matches?.({ 'x-id': 'a'.repeat(8_000) })).toBe(false);
  expect(matches?.({ 'x-id': `${'a'.repeat(8_000)}b` })).toBe(true);
});

test.each([
  ['(', 'missing closing )'],
  ['(?=a)', '(?='],
])('what RE2 does not read is refused, and why: %s', (regex, why) => {
  expect(routed(regex).error?.message).toContain('must be a regular expression of RE2: ');
  expect(routed(regex).error?.message).toContain(why);
});
