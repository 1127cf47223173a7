import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchesName } from '../../../src/gates/argo/match-name.js';

test.each([
  ['success-rate', 'success-rate', true],
  ['rate', 'success-rate', true],
  ['^rate', 'success-rate', false],
  ['rate$', 'success-rate', true],
  ['.*', '', true],
  ['^$', 'a', false],
  ['fail|error', 'my-error', true],
  ['^(fail|error)-[a-z]+\\d{2,3}$', 'error-rate042', true],
  ['^(fail|error)-[a-z]+\\d{2,3}$', 'error-rate0421', false],
  ['[^a-z]', 'abc', false],
  ['[]a-]+$', 'x]-', true],
  ['a{0}b', 'b', true],
  ['^a{2,}$', 'aaaa', true],
  ['^(?:a?){3}$', 'aa', true],
  ['^a*?b+?$', 'aab', true],
  ['\\.', 'a.b', true],
  ['\\W', 'a_b', false],
  ['(?i)RATE', 'success-rate', true],
  ['\\brate\\b', 'success-rate', true],
])('%s in "%s": %s', (pattern, name, found) => {
  expect(matchesName(pattern, name)).toBe(found);
});

test.each(['(', ')', 'a)', '[', '[a', '*', 'a|*', '\\', '(?=a)', '(a{900}){900}', `${'('.repeat(900)}a`])(
  'what is no expression is found nowhere: %s',
  (pattern) => {
    expect(matchesName(pattern, 'a()[]*\\')).toBe(false);
  },
);

test('a rule that is too long to be read is refused', () => {
  expect(() => matchesName('a'.repeat(1_001), 'a')).toThrow(expect.objectContaining({ code: 'POLICY_INVALID' }));
});

test('it finds what JavaScript finds', () => {
  const pattern: fc.Arbitrary<string> = fc.letrec<{ whole: string; part: string }>((tie) => ({
    whole: fc.array(tie('part'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('')),
    part: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '^', '$', 'a*', 'b+', 'c?', 'a{1,2}'),
      tie('whole').map((inside) => `(${inside})`),
      fc.tuple(tie('whole'), tie('whole')).map(([one, other]) => `(?:${one}|${other})`),
      tie('whole').map((inside) => `(?:${inside})*`),
    ),
  })).whole;
  const name = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
  fc.assert(
    fc.property(pattern, name, (given, of) => {
      expect(matchesName(given, of)).toBe(new RegExp(given).test(of));
    }),
  );
});

test('no pattern takes longer than its length times that of the name', () => {
  expect(matchesName('^(a+)+$', `${'a'.repeat(5_000)}!`)).toBe(false);
  expect(matchesName(`^${'a*'.repeat(50)}$`, `${'a'.repeat(1_000)}!`)).toBe(false);
});
