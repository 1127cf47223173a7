import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseJunitReport } from '../../../../src/tools/testing/reports/junit.js';

const nested = () => parseJunitReport(readFileSync(new URL('../fixtures/junit-nested.xml', import.meta.url), 'utf8')).tests;

test('tests of nested suites are found with their own outcome, whatever the attributes claim', () => {
  expect(nested().map(({ test: name, status }) => [name, status])).toEqual([
    ['adds <one> item & keeps it', 'passed'],
    ['rounds', 'passed'],
    ['refuses a negative price', 'failed'],
    ['is sent', 'failed'],
    ['is archived', 'skipped'],
    ['is printed', 'skipped'],
    ['retries', 'passed'],
  ]);
});

test('the file comes from the test, else from the suite around it, else from the class', () => {
  expect(nested().map(({ file }) => file)).toEqual([
    'tests/cart.test.mjs',
    'tests/cart.test.mjs',
    'tests/cart.test.mjs',
    'OrdersTest',
    'OrdersTest',
    'OrdersTest',
    'OrdersTest',
  ]);
});

test('times are seconds, also with grouped thousands, and nothing where there is none', () => {
  expect(nested().map(({ durationMs }) => durationMs)).toEqual([250, 1_000_500, 500, 100, 0, 0, 200]);
});

test('a failure tells its first assertion, its CDATA kept as it is', () => {
  const messages = nested().map(({ message }) => message);
  expect(messages[2]).toBe('AssertionError: expected 1 to be 2\n    at <anonymous> (tests/cart.test.mjs:7:9) & more');
  expect(messages[3]).toBe('connection refused\nat line 3');
});

test.each([
  ['a bare testsuite', '<testsuite name="a"><testcase name="b"/></testsuite>', 1],
  ['a single testcase without attributes', '<testsuite><testcase></testcase></testsuite>', 1],
  ['an empty testsuites', '<testsuites></testsuites>', 0],
  ['a self-closing testsuite', '<testsuites name="x"><testsuite name="y"/></testsuites>', 0],
  ['a suite whose set-up broke', '<testsuite name="db"><error message="no database"/></testsuite>', 1],
])('%s is read', (_, text, tests) => {
  expect(parseJunitReport(text).tests).toHaveLength(tests);
});

test('an error of the suite itself is a failed test of its name', () => {
  expect(parseJunitReport('<testsuite name="db"><error message="no database"/></testsuite>').tests).toMatchObject([
    { test: 'db', status: 'failed', message: 'no database' },
  ]);
});

test.each([
  ['nothing', ''],
  ['plain text', 'all good'],
  ['a truncated file', '<testsuites><testsuite name="a"><testcase name="b"/>'],
  ['crossed tags', '<testsuites><testsuite></testsuites></testsuite>'],
  ['another document', '<html><body>502</body></html>'],
  ['JSON', '{"testResults":[]}'],
  ['five thousand nested suites', '<testsuite>'.repeat(5_000) + '</testsuite>'.repeat(5_000)],
])('%s is malformed', (_, text) => {
  expect(() => parseJunitReport(text)).toThrow(/malformed/);
});

test('a bomb of entities stays as small as it was written', () => {
  const entities = Array.from({ length: 20 }, (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`).join('');
  const bomb = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">${entities}]>`;
  const [one] = parseJunitReport(
    `${bomb}<testsuite><testcase name="&l20;"><failure message="&l20;">&l20;</failure></testcase></testsuite>`,
  ).tests;
  expect(one).toMatchObject({ test: '&l20;', status: 'failed', message: '&l20;' });
});

test('an entity that names a file is refused', () => {
  const text = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><testsuite><testcase name="&f;"/></testsuite>';
  expect(() => parseJunitReport(text)).toThrow(/malformed/);
});

test('an escaped ampersand is decoded once', () => {
  expect(parseJunitReport('<testsuite><testcase name="&amp;lt; &#65;&#x42; &#x110000; &nbsp;"/></testsuite>').tests[0]?.test).toBe(
    '&lt; AB &#x110000; &nbsp;',
  );
});
