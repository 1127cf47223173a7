import { expect, test } from 'vitest';
import { kindOf } from '../../../src/graph/request/kind-of.js';

test.each([
  ['why is it waiting?', 'question'],
  ['what would it take to pass', 'question'],
  ['is the error rate normal?', 'question'],
  ['who approved', 'question'],
  ['status', 'question'],
  ['shall I approve it?', 'question'],
  ['was it approved?', 'question'],
  ['what happens if I ship storefront v2.2.0?', 'question'],
  ['can you ship storefront v2.2.0 to staging?', 'request'],
  ['could we get storefront 2.2.0 into production?', 'request'],
  ['ship storefront v2.2.0 to staging, approve it', 'request'],
  ['ship storefront v2.2.0 and stop at staging', 'request'],
  ['2.2.0', 'request'],
  ['"approve it", says the ticket', 'request'],
  ['roll back', 'move'],
  ['please roll it back', 'move'],
  ['rollback storefront to v2.1.1', 'move'],
  ['stop the release', 'move'],
  ['resume', 'move'],
  ["don't approve it", 'unclear'],
  ['approve if the tests of payments pass', 'unclear'],
  ['approve, but only for staging', 'unclear'],
])('%s: %s', (line, kind) => {
  expect(kindOf(line).kind).toBe(kind);
});

test.each([
  ['approve', 'approved', ''],
  ['Approve it.', 'approved', ''],
  ['yes, approve the promotion', 'approved', ''],
  ['I approve release 1a2b3c4d because the numbers look fine', 'approved', 'the numbers look fine'],
  ['approve as owner', 'approved', ''],
  ['lgtm', 'approved', ''],
  ['reject: not on a Friday', 'rejected', 'not on a Friday'],
  ['I reject it, the cart is broken', 'rejected', 'the cart is broken'],
])('"%s" is the decision %s with the comment "%s"', (line, decision, comment) => {
  expect(kindOf(line)).toEqual({ kind: 'decision', decision, comment });
});
