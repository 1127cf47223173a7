import { expect, test } from 'vitest';
import type { Clues } from '../../src/catalog/clues.js';
import { correlateFailure, describeCorrelation } from '../../src/desk/correlate-failure.js';

const commit = (subject: string, files: string[], features: string[] = []) => ({
  sha: subject.padEnd(40, '0'),
  author: 'Ada',
  subject,
  files,
  features,
});
const clues = (lines: string[], commits: Clues['commits'], at: number | null = 10_000): Clues => ({
  failure: { what: 'error_rate: 40 % of its requests failed', at, environment: 'staging' },
  log: { slot: 'green', lines: lines.map((text, index) => ({ at: 9_500 + index * 1_000, text })) },
  range: { from: 'a', to: 'b' },
  commits,
});
const stack = JSON.stringify({
  level: 'error',
  message: 'a request failed',
  route: 'GET /orders/41',
  error: 'TypeError: total is not a function\n    at sum (file:///artifacts/9f/src/features/cart.mjs:12:7)\n    at node:http:10:3',
});
const names = (found: { subject: string }[]) => found.map(({ subject }) => subject);

test.each([
  ['a stack frame of a JSON log', [stack], 'src/features/cart.mjs'],
  ['a stack frame of plain lines', ['TypeError: no', '    at sum (/artifacts/9f/src/cart.mjs:12:7)'], 'src/cart.mjs'],
  ['a frame of Python', ['Exception: no', '  File "/artifacts/9f/shop/cart.py", line 12, in total'], 'shop/cart.py'],
  ['a frame of Java with its file alone', ['Error: no at shop.Cart.total(Cart.java:12)'], 'Cart.java'],
  ['a route that is named like a file', ['ERROR GET /recommendations 500'], 'src/recommendation.mjs'],
])('%s names the commit that touches the file, and the feature that brings it', (_, lines, file) => {
  const guilty = commit('guilty', [file], ['wishlist']);
  const { commits, features } = correlateFailure(clues(lines, [commit('innocent', ['docs/readme.md']), guilty]), []);
  expect(names(commits)).toEqual(['guilty']);
  expect(features).toMatchObject([{ feature: 'wishlist' }]);
  expect(commits[0]?.because[0]).toContain(file);
});

test.each([
  ['a frame inside a package', ['Error at x (/artifacts/9f/node_modules/hono/src/cart.mjs:1:1)']],
  ['a line that is no error', ['INFO started src/features/cart.mjs:12']],
  ['a file of the same name elsewhere', ['Error at x (/artifacts/9f/lib/admin/cart.mjs:1:1)']],
  ['nothing at all', []],
])('%s names nobody', (_, lines) => {
  expect(correlateFailure(clues(lines, [commit('innocent', ['src/features/cart.mjs'])]), []).commits).toEqual([]);
});

test('a stack is stronger than a route, and a route than the file of a red test', () => {
  const commits = [
    commit('test', ['tests/orders.test.mjs']),
    commit('route', ['src/orders.mjs']),
    commit('frame', ['src/features/cart.mjs']),
  ];
  const red = { id: 't', test: 'orders add up', file: 'tests/orders.test.mjs', message: 'expected 5' };
  expect(names(correlateFailure(clues([stack], commits), [red]).commits)).toEqual(['frame', 'route', 'test']);
});

test('a frame in the message of a red test counts without any log', () => {
  const red = { id: 't', test: 'adds', file: 'run-tests.mjs', message: 'AssertionError at sum (file:///w/sum.mjs:1:32)' };
  const [found] = correlateFailure(clues([], [commit('sums', ['sum.mjs'])], null), [red]).commits;
  expect(found?.because).toEqual(['sum.mjs stands in the stack of the red test "adds"']);
});

test('lines that say the same are one, with how often and how long after the failure showed', () => {
  const other = stack.replace('/orders/41', '/orders/87');
  const { lines } = correlateFailure(clues(['INFO fine', stack, other], []), []);
  expect(lines).toEqual([
    { signature: 'a request failed | GET /orders/# | TypeError: total is not a function', count: 2, firstAt: 10_500, afterMs: 500 },
  ]);
});

test('in words it says what it rests on, and that it found nothing', () => {
  const found = clues([stack], [commit('guilty', ['src/features/cart.mjs'], ['cart'])]);
  expect(describeCorrelation(correlateFailure(found, []), found)).toEqual([
    'log: 1 time a request failed | GET /orders/# | TypeError: total is not a function, first 0.5 s before the failure showed',
    'commit guilty0000 "guilty" by Ada:',
    '  src/features/cart.mjs stands in the stack of the errors in the log',
    'feature cart: 1 of its commits touches what failed',
  ]);
  const nothing = clues([], [commit('innocent', ['a.md'])]);
  expect(describeCorrelation(correlateFailure(nothing, []), nothing)).toEqual([
    'No line of its log was kept.',
    'None of the 1 commit since the version before is named by what failed (error_rate: 40 % of its requests failed):',
    '  innocent00 "innocent"',
  ]);
});

test('a line of JSON that was cut off is told by its fields, not by its braces', () => {
  const long = JSON.stringify({
    level: 'error',
    message: 'a request failed',
    route: '/orders',
    error: `Error: no reader\n${'    at x (y.mjs:1:1)\n'.repeat(99)}`,
  });
  const { lines } = correlateFailure(clues([long.slice(0, 1_000)], []), []);
  expect(lines).toMatchObject([{ signature: 'a request failed | /orders | Error: no reader', count: 1 }]);
});
