import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseJestReport } from '../../../../src/tools/testing/reports/jest.js';
import { parsePlaywrightReport } from '../../../../src/tools/testing/reports/playwright.js';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');

test('a Vitest report gives each test with its titles, and a file that could not be loaded as a failed one', () => {
  expect(parseJestReport(fixture('vitest.json')).tests).toEqual([
    { test: 'cart > totals > rounds', file: '/build/tests/cart.test.ts', status: 'passed', message: '', durationMs: 12.5 },
    { test: 'cart > refuses', file: '/build/tests/cart.test.ts', status: 'failed', message: 'AssertionError: first', durationMs: 3 },
    { test: 'later', file: '/build/tests/cart.test.ts', status: 'skipped', message: '', durationMs: 0 },
    { test: 'pending', file: '/build/tests/cart.test.ts', status: 'skipped', message: '', durationMs: 0 },
    {
      test: 'outside every test',
      file: '/build/tests/broken.test.ts',
      status: 'failed',
      message: 'SyntaxError: Unexpected token',
      durationMs: 0,
    },
  ]);
});

test('a Playwright report gives one test per project; a flaky one has passed', () => {
  expect(
    parsePlaywrightReport(fixture('playwright.json')).tests.map(({ test: name, status, durationMs }) => [name, status, durationMs]),
  ).toEqual([
    ['opens [chromium]', 'passed', 120],
    ['opens [firefox]', 'skipped', 0],
    ['checkout > pays [chromium]', 'failed', 70],
    ['checkout > retries', 'passed', 10],
  ]);
});

test('a Playwright failure tells its first error', () => {
  const failed = parsePlaywrightReport(fixture('playwright.json')).tests.find((one) => one.status === 'failed');
  expect(failed?.message).toContain('expect(received)');
});

test('a Playwright error outside every test is a failed test', () => {
  expect(parsePlaywrightReport('{"suites":[],"errors":[{"message":"global setup broke"}]}').tests).toMatchObject([
    { status: 'failed', message: 'global setup broke' },
  ]);
});

test.each([
  ['nothing', ''],
  ['half a report', '{"testResults":[{"name":"a"'],
  ['a list', '[]'],
  ['another document', '{"passed": 12}'],
  ['a status that nobody knows', '{"testResults":[{"name":"a","assertionResults":[{"title":"t","status":"splendid"}]}]}'],
])('%s is no Jest report', (_, text) => {
  expect(() => parseJestReport(text)).toThrow(/malformed/);
});

test.each([
  ['nothing', ''],
  ['a Jest report', '{"testResults":[]}'],
  ['a status that nobody knows', '{"suites":[{"specs":[{"title":"a","tests":[{"status":"splendid"}]}]}]}'],
])('%s is no Playwright report', (_, text) => {
  expect(() => parsePlaywrightReport(text)).toThrow(/malformed/);
});

test.each([parseJestReport, parsePlaywrightReport])('a report without tests is read as none (%o)', (parse) => {
  expect(parse('{"testResults":[],"suites":[]}').tests).toEqual([]);
});
