import fc from 'fast-check';
import { expect, test } from 'vitest';
import { argo } from '../../../src/gates/public.js';

/** Restates the published tests of Argo Rollouts: analysis/analysis_test.go, TestAssessMetricStatus… and its neighbours. */
const zero = { successful: 0, failed: 0, inconclusive: 0, error: 0, consecutiveError: 0, consecutiveSuccess: 0, count: 0 };
type Request = Parameters<typeof argo.assessMetric>[0];
const phase = (metric: Request['metric'], counters: Request['counters'], terminating: boolean) =>
  argo.assessMetric({ metric, counters: { ...zero, ...counters }, lastMeasurementPhase: 'Successful', terminating }).phase;

test.each([
  [false, 'Pending'],
  [true, 'Successful'],
])('without a measurement, terminating %s is %s', (terminating, expected) => {
  expect(argo.assessMetric({ metric: {}, counters: zero, lastMeasurementPhase: null, terminating })).toEqual({
    phase: expected,
    message: '',
  });
});

test.each([true, false])('a measurement in flight keeps the metric Running, terminating %s', (terminating) => {
  expect(argo.assessMetric({ metric: {}, counters: zero, lastMeasurementPhase: 'Running', terminating }).phase).toBe('Running');
});

const both = { interval: '60s', failureLimit: 4, consecutiveSuccessLimit: 4 };
const successes = { interval: '60s', failureLimit: -1 };
test.each([
  ['more failures than allowed', { failureLimit: 2, interval: '60s' }, { failed: 3, count: 3 }, 'Failed', 'Failed'],
  ['as many failures as allowed', { failureLimit: 3, interval: '60s' }, { failed: 3, count: 3 }, 'Running', 'Successful'],
  ['the limits as strings', { failureLimit: '2', interval: '60s' }, { failed: 3, count: 3 }, 'Failed', 'Failed'],
  [
    'more inconclusive than allowed',
    { inconclusiveLimit: 2, interval: '60s' },
    { inconclusive: 3, count: 3 },
    'Inconclusive',
    'Inconclusive',
  ],
  ['as many inconclusive as allowed', { inconclusiveLimit: 3, interval: '60s' }, { inconclusive: 3, count: 3 }, 'Running', 'Successful'],
  ['five errors in a row', { interval: '60s' }, { consecutiveError: 5, count: 5 }, 'Error', 'Error'],
  ['four errors in a row', { interval: '60s' }, { consecutiveError: 4, count: 5 }, 'Running', 'Successful'],
  ['the count reached', { count: 10 }, { successful: 10, count: 10 }, 'Successful', 'Successful'],
  [
    'the count reached, half of it inconclusive',
    { count: 10 },
    { successful: 5, inconclusive: 5, count: 10 },
    'Inconclusive',
    'Inconclusive',
  ],
  [
    'enough successes in a row',
    { ...successes, consecutiveSuccessLimit: 3 },
    { failed: 3, consecutiveSuccess: 3, count: 7 },
    'Successful',
    'Successful',
  ],
  [
    'too few in a row, no count',
    { ...successes, consecutiveSuccessLimit: 5 },
    { failed: 3, consecutiveSuccess: 3, count: 7 },
    'Running',
    'Successful',
  ],
  [
    'too few in a row at the count',
    { ...successes, count: 7, consecutiveSuccessLimit: 5 },
    { failed: 3, consecutiveSuccess: 3, count: 7 },
    'Failed',
    'Failed',
  ],
  [
    'enough in a row at the count',
    { ...successes, count: 7, consecutiveSuccessLimit: 3 },
    { failed: 3, consecutiveSuccess: 3, count: 7 },
    'Successful',
    'Successful',
  ],
  [
    'enough in a row before the count',
    { ...successes, count: 9, consecutiveSuccessLimit: 3 },
    { failed: 3, consecutiveSuccess: 3, count: 7 },
    'Successful',
    'Successful',
  ],
  [
    'too few in a row before the count',
    { ...successes, count: 9, consecutiveSuccessLimit: 5 },
    { failed: 3, consecutiveSuccess: 3, count: 7 },
    'Running',
    'Successful',
  ],
  ['both limits: neither reached', both, { failed: 3, consecutiveSuccess: 3, count: 7 }, 'Running', 'Successful'],
  ['both limits: failures exceed', both, { failed: 5, consecutiveSuccess: 0, count: 9 }, 'Failed', 'Failed'],
  ['both limits: successes suffice', both, { failed: 3, consecutiveSuccess: 4, count: 8 }, 'Successful', 'Successful'],
  ['both limits: failures outweigh successes', both, { failed: 5, consecutiveSuccess: 4, count: 10 }, 'Failed', 'Failed'],
  [
    'both limits at the count: neither reached',
    { ...both, count: 10 },
    { failed: 4, consecutiveSuccess: 3, count: 10 },
    'Inconclusive',
    'Inconclusive',
  ],
  [
    'both limits at the count: failures exceed',
    { ...both, count: 10 },
    { failed: 5, consecutiveSuccess: 3, count: 10 },
    'Failed',
    'Failed',
  ],
  [
    'both limits at the count: successes suffice',
    { ...both, count: 10 },
    { failed: 4, consecutiveSuccess: 4, count: 10 },
    'Successful',
    'Successful',
  ],
  [
    'both limits before the count: neither reached',
    { ...both, count: 10 },
    { failed: 3, consecutiveSuccess: 3, count: 8 },
    'Running',
    'Successful',
  ],
  [
    'both limits before the count: failures exceed',
    { ...both, count: 10 },
    { failed: 5, consecutiveSuccess: 3, count: 8 },
    'Failed',
    'Failed',
  ],
  [
    'both limits before the count: successes suffice',
    { ...both, count: 10 },
    { failed: 3, consecutiveSuccess: 4, count: 8 },
    'Successful',
    'Successful',
  ],
] as const)('%s', (_, metric, counters, going, ending) => {
  expect([phase(metric, counters, false), phase(metric, counters, true)]).toEqual([going, ending]);
});

test.each([
  [{ failed: 1 }, 'Failed', 'failed (1) > failureLimit (0)'],
  [{ inconclusive: 1 }, 'Inconclusive', 'inconclusive (1) > inconclusiveLimit (0)'],
  [{ consecutiveError: 5 }, 'Error', 'consecutiveErrors (5) > consecutiveErrorLimit (4)'],
  [{ failed: 1, inconclusive: 1, consecutiveError: 5 }, 'Error', 'consecutiveErrors (5) > consecutiveErrorLimit (4)'],
])('with the default limits %j is %s', (counters, expected, message) => {
  expect(argo.assessMetric({ metric: {}, counters })).toEqual({ phase: expected, message });
});

test('one more failure never turns a metric that has failed', () => {
  const few = fc.integer({ min: 0, max: 6 });
  fc.assert(
    fc.property(few, few, few, few, fc.boolean(), (failureLimit, failed, count, consecutiveSuccess, terminating) => {
      const metric = { failureLimit, count: count + 1, interval: '1s' };
      const before = phase(metric, { failed, count, consecutiveSuccess }, terminating);
      const after = phase(metric, { failed: failed + 1, count, consecutiveSuccess }, terminating);
      return before !== 'Failed' || after === 'Failed';
    }),
  );
});
