import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assessValue } from '../../../src/gates/argo/measurement.js';

/** The first three tables restate the published tests of Argo Rollouts: utils/evaluate/evaluate_test.go. */
const assessed = (value: unknown, successCondition?: string, failureCondition?: string) =>
  assessValue({ successCondition, failureCondition })(value);

test.each([
  ['true', 'false', 'Successful'],
  ['true', 'true', 'Failed'],
  ['false', 'false', 'Inconclusive'],
  [undefined, 'false', 'Successful'],
  ['', 'true', 'Failed'],
  ['false', '', 'Failed'],
  ['false', undefined, 'Failed'],
  ['true', undefined, 'Successful'],
  [undefined, undefined, 'Successful'],
  ['', '', 'Successful'],
  ['a == true', 'true', 'Error'],
  ['true', 'a == true', 'Error'],
])('success where %s, failure where %s is %s', (success, failure, phase) => {
  expect(assessed(true, success, failure).phase).toBe(phase);
});

const apdex = { service_apdex: { label: null, values: { values: [2, 2] } } };
test.each([
  [true, 'result == true', 'Successful'],
  [true, 'result == false', 'Failed'],
  [apdex, 'all(result.service_apdex.values.values, {# > 1})', 'Successful'],
  [[2, 2], '2 in result', 'Successful'],
  [5, 'result > 1', 'Successful'],
  ['1', 'asInt(result) == 1', 'Successful'],
  [1, 'asInt(result) == 1', 'Successful'],
  [1.123, 'asInt(result) == 1', 'Successful'],
  ['1.1', 'asFloat(result) == 1.1', 'Successful'],
  ['1.1', 'asFloat(result) >= 1.1', 'Successful'],
  ['1.1', 'asFloat(result) <= 1.1', 'Successful'],
  [1, 'asFloat(result) >= 1', 'Successful'],
  [null, 'isNil(result)', 'Successful'],
  [['hi'], 'isNil(result)', 'Failed'],
  [false, 'isNil(result)', 'Failed'],
  [null, 'default(result, 2) == 2', 'Successful'],
  [1, 'default(result, 0) == 1', 'Successful'],
  ['Inf', 'isInf(asFloat(result))', 'Successful'],
  ['-inf', 'isInf(asFloat(result))', 'Successful'],
  ['NaN', 'isNaN(asFloat(result))', 'Successful'],
  [NaN, 'result < 1', 'Failed'],
  [Infinity, 'result > 1', 'Successful'],
])('%j with "%s" is %s', (value, condition, phase) => {
  expect(assessed(value, condition)).toEqual({ phase, message: '' });
});

test.each([
  [true, '1', 'expected bool, but got int'],
  [true, 'invalidVariable', 'unknown name invalidVariable'],
  [true, "result.Name() == 'hi'", 'no method'],
  ['1.1', 'asInt(result) == 1.1', 'asInt cannot read "1.1"'],
  ['NotANum', 'asFloat(result) == 1.1', 'asFloat cannot read "NotANum"'],
  ['1.1', 'asFloat(result) == "1.1"', 'mismatched types number and string'],
  [null, 'result[0] >= 0.95', 'metric result is nil or empty: no data returned'],
  [[], 'result[0] >= 0.95', 'metric result is nil or empty: no data returned'],
  [[1], 'result[1] >= 0.95', 'index out of range'],
  ['12', 'result > 1', 'mismatched types string and int'],
  [5, 'result[0] > 1', 'cannot fetch 0 from int'],
  [5, 'isNaN("x")', 'isNaN needs a number'],
  [5, '# > 1', 'outside a predicate'],
  [5, 'all(result, # > 1)', 'all needs a list'],
  [5, 'result >', 'it ends too early'],
  [5, 'result ~ 1', '"~" is unexpected'],
  [5, 'result > 1)', '")" is unexpected'],
  [5, '1 and true', 'and needs a bool'],
  [5, 'constructor', 'unknown name constructor'],
  [5, 'constructor(result, 1)', 'unknown name constructor'],
  [5, 'result constructor 1', '"constructor" is unexpected'],
  ['constructor', 'asFloat(result) > 1', 'asFloat cannot read "constructor"'],
  [5, `${'('.repeat(500)}1${')'.repeat(500)} == 1`, 'nested too deeply'],
  [5, `${'!'.repeat(500)}true`, 'nested too deeply'],
])('%j with "%.40s" is an Error that says: %s', (value, condition, message) => {
  const { phase, message: said } = assessed(value, condition);
  expect(phase).toBe('Error');
  expect(said).toContain('could not evaluate successCondition');
  expect(said).toContain(message);
});

test.each([
  ['1 + 2 * 3 == 7', true],
  ['(1 + 2) * 3 == 9', true],
  ['2 ** 3 ** 2 == 512', true],
  ['7 % 4 == 3', true],
  ['-2 ** 2 == -4', true],
  ['10 / 4 == 2.5', true],
  ['1e3 == 1_000', true],
  ['.5 == 0.5', true],
  ['not false and true', true],
  ['!false && !false || false', true],
  ['false or not (true and false)', true],
  ['"a" in ["a", "b"]', true],
  ['"c" not in ["a", "b"]', true],
  ['not ("c" in ["a", "b"])', true],
  ['"status" in result', true],
  ['result.status == "ok" ? result.list[0] == 3 : false', true],
  ['result["status"] == `ok`', true],
  ["result.status == 'o\\k'", true],
  ['result.list[-1] == 1', true],
  ['result.nothing == nil', true],
  ['result.nothing?.deeper == nil', true],
  ['(result.nothing ?? 4) == 4', true],
  ['len(result.list) == 3 and len("añb") == 3', true],
  ['any(result.list, {# == 2}) and none(result.list, # > 3) and one(result.list, {# == 1})', true],
  ['count(result.list, {# > 1}) == 2', true],
  ['len(filter(result.list, {# > 1})) == 2', true],
  ['map(result.list, {# * 2})[0] == 6', true],
  ['all(result.hosts, .up)', true],
  ['all(result.hosts, {.name startsWith "web" and .name endsWith "1"})', true],
  ['"abc" contains "b" // a comment', true],
  ['"abc" not contains "d"', true],
  ['result.list[0] > result.list[1] /* and so on */', true],
  ['1 < 2 == true', true],
])('%s is %s', (condition, expected) => {
  const result = { status: 'ok', list: [3, 2, 1], hosts: [{ name: 'web-1', up: true }], nothing: null };
  expect(assessed(result, condition)).toEqual({ phase: expected ? 'Successful' : 'Failed', message: '' });
});

test.each([
  ['result matches "^a"', 'the operator "matches"'],
  ['result not matches "^a"', 'the operator "matches"'],
  ['result | len', 'the pipe "|"'],
  ['1..3 == 2', 'the range ".."'],
  ['sum(result) > 1', 'the function "sum"'],
  ['max(1, 2) > 1', 'the function "max"'],
  ['let x = 1; x == 1', 'the variable "let"'],
  ['result[1:2] == nil', 'the slice "[:]"'],
  ['result[:2] == nil', 'the slice "[:]"'],
  ['{"a": 1} == nil', 'a map "{…}"'],
])('%s is refused by name: it is outside the part of the language that is read', (condition, name) => {
  expect(() => assessed(5, condition)).toThrow(
    expect.objectContaining({ code: 'POLICY_INVALID', message: expect.stringContaining(name) as string }),
  );
});

test('arithmetic and comparisons agree with JavaScript', () => {
  const operations = {
    '+': (a: number, b: number) => a + b,
    '-': (a: number, b: number) => a - b,
    '*': (a: number, b: number) => a * b,
    '/': (a: number, b: number) => a / b,
    '**': (a: number, b: number) => a ** b,
  };
  type Sum = { text: string; value: number };
  const operator = fc.constantFrom(...(Object.keys(operations) as (keyof typeof operations)[])); // keys of the table above
  const { sum } = fc.letrec<{ sum: Sum }>((tie) => ({
    sum: fc.oneof(
      { depthSize: 'small' },
      fc.integer({ min: 1, max: 9 }).map((value) => ({ text: String(value), value })),
      fc.tuple(tie('sum'), operator, tie('sum')).map(([a, name, b]) => ({
        text: `(${a.text} ${name} ${b.text})`,
        value: operations[name](a.value, b.value),
      })),
    ),
  }));
  fc.assert(
    fc.property(sum, sum, (a, b) => {
      expect(assessed(0, `${a.text} < ${b.text}`).phase).toBe(a.value < b.value ? 'Successful' : 'Failed');
    }),
  );
});

test('no text makes a condition do anything but give a phase or be refused', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string({ unit: fc.constantFrom('result', '[', ']', '(', ')', '.', '"', '1', ' ', '#', '{', '}', '!', 'in', 'not', ',') }),
      ),
      (text) => {
        try {
          expect(['Successful', 'Failed', 'Error']).toContain(assessed([1], text).phase);
        } catch (error) {
          expect(error).toMatchObject({ code: 'POLICY_INVALID' });
        }
      },
    ),
    { numRuns: 500 },
  );
});
