import fc from 'fast-check';
import { expect, test } from 'vitest';
import { looksLikeError } from '../../../../src/tools/deployment/local/slot-log.js';
import { createTrafficSplit } from '../../../../src/tools/deployment/local/traffic-split.js';

test('whatever the weight, the candidate never has a request more or less than its share', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 500 }), (percent, requests) => {
      const split = createTrafficSplit();
      let candidate = 0;
      for (let sent = 1; sent <= requests; sent++) {
        if (split.next(percent)) candidate += 1;
        expect(candidate).toBe(Math.floor((sent * percent) / 100));
      }
    }),
  );
});

test.each([
  ['{"level":"error","msg":"x"}', true],
  ['{"level":50,"msg":"x"}', true],
  ['{"level":"info","msg":"error handler ready"}', false],
  ['{"level":30,"err":"Error"}', false],
  ['{"msg":"an unhandled rejection"}', true],
  ['TypeError: x is not a function', true],
  ['java.lang.NullPointerException', true],
  ['FATAL could not open', true],
  ['{ not json, an error', true],
  ['listening without terror on 8080', false],
  ['0 errors', false],
])('the log line %s looks like an error: %s', (line, expected) => {
  expect(looksLikeError(line)).toBe(expected);
});
