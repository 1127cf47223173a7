import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openslo } from '../../../src/gates/public.js';

/** The documents have the shape of the examples of the OpenSLO repository (examples/budgeting-method). */
const threshold = { metadata: { name: 'search-latency' }, spec: { thresholdMetric: { metricSource: {} } } };
const ratio = (more: object = { good: {}, total: {} }) => ({ metadata: { name: 'availability' }, spec: { ratioMetric: more } });
const slo = (spec: object, name = 'search') => ({
  apiVersion: 'openslo/v1',
  kind: 'SLO',
  metadata: { name },
  spec: { budgetingMethod: 'Occurrences', timeWindow: [{ duration: '2w', isRolling: true }], ...spec },
});
const searches = slo({ indicator: threshold, objectives: [{ displayName: 'Good', op: 'lt', value: 500, target: 0.99 }] });
const numbers = (good: number, bad: number) => [...Array<number>(good).fill(200), ...Array<number>(bad).fill(700)];
const judge = (document: object, samples: object) => openslo.judge({ documents: [document], data: { samples } });

test.each([
  [990, 10, 'passed', 0],
  [995, 5, 'passed', 0.5],
  [989, 11, 'failed', -0.1],
  [99, 0, 'inconclusive', 1],
  [100, 0, 'passed', 1],
  [50, 1, 'failed', null],
])('%d fast and %d slow searches against 99 %% are %s', (good, bad, outcome, margin) => {
  const result = judge(searches, { 'search-latency': numbers(good, bad) });
  expect(result.outcome).toBe(outcome);
  if (margin !== null) expect(result.objectives[0]?.margin).toBeCloseTo(margin, 9);
});

test('the explanation gives the budget, and how far it is from being spent', () => {
  expect(judge(searches, { 'search-latency': numbers(995, 5) }).objectives[0]).toMatchObject({
    rule: '99 % of events <500',
    value: 99.5,
    target: 99,
    samples: 1000,
    reason: '5 bad of 1000 events, where 10 would be within the budget',
    wouldChange: '6 more bad ones',
  });
});

test('too few events are inconclusive, and say how many are missing', () => {
  expect(judge(searches, { 'search-latency': numbers(40, 0) }).objectives[0]).toMatchObject({
    outcome: 'inconclusive',
    reason: '40 events cannot show 99 %: it takes 100',
    wouldChange: '60 more events',
  });
  expect(judge(searches, {})).toMatchObject({
    outcome: 'inconclusive',
    objectives: [{ value: null, reason: 'nothing was sampled of search-latency' }],
  });
});

const availability = (budgetingMethod: string, objective: object, metric?: object) =>
  slo({ indicator: ratio(metric), budgetingMethod, objectives: [objective] });
const slices = [...Array<object>(9).fill({ good: 100, total: 100 }), { good: 50, total: 100 }];
test.each([
  ['Occurrences', { target: 0.9 }, 95, 'passed'],
  ['RatioTimeslices', { target: 0.9 }, 95, 'passed'],
  ['Timeslices', { target: 0.9, timeSliceTarget: 0.99 }, 90, 'passed'],
  ['Timeslices', { target: 0.95, timeSliceTarget: 0.99 }, 90, 'failed'],
  ['Timeslices', { targetPercent: 90, timeSliceTarget: 0.4 }, 100, 'passed'],
])('%s of nine perfect slices and a half one against %j', (method, objective, value, outcome) => {
  expect(judge(availability(method, objective), { availability: slices })).toMatchObject({ outcome, objectives: [{ value }] });
});

test('counters count what lies between their readings, and a restart begins at nothing', () => {
  const document = availability('Occurrences', { target: 0.9 }, { counter: true, good: {}, total: {} });
  const readings = [
    { good: 900, total: 1000 },
    { good: 990, total: 1100 },
    { good: 95, total: 100 },
  ];
  expect(judge(document, { availability: readings }).objectives[0]).toMatchObject({ value: 92.5, samples: 200 });
});

test('bad of total and raw ratios are read, gaps are left out', () => {
  expect(judge(availability('Occurrences', { target: 0.9 }), { availability: [{ bad: 1, total: 100 }, null] }).objectives[0]?.value).toBe(
    99,
  );
  const raw = availability('RatioTimeslices', { target: 0.9 }, { raw: {}, rawType: 'failure' });
  expect(judge(raw, { availability: [0.25, null, 0.75] }).objectives[0]?.value).toBe(50);
});

test('an SLI of its own document is found, and each objective of an SLO decides', () => {
  const sli = { apiVersion: 'openslo/v1', kind: 'SLI', ...ratio() };
  const document = slo({
    indicatorRef: 'availability',
    objectives: [
      { displayName: 'SLA', target: 0.9 },
      { displayName: 'ours', target: 0.96 },
    ],
  });
  const result = openslo.judge({ documents: [sli, document, { kind: 'Service' }], data: { samples: { availability: slices } } });
  expect(result).toMatchObject({ outcome: 'failed', objectives: [{ outcome: 'passed' }, { name: 'search: ours', outcome: 'failed' }] });
});

test.each([
  ['no SLO', { kind: 'Service' }, 'no document of the kind SLO'],
  ['an SLI that is not there', slo({ indicatorRef: 'gone', objectives: [{ target: 0.9 }] }), '"gone", which the file does not hold'],
  ['no indicator', slo({ objectives: [{ target: 0.9 }] }), 'neither indicator nor indicatorRef'],
  ['no target', slo({ indicator: ratio(), objectives: [{}] }), 'one of target and targetPercent'],
  ['a threshold without a value', slo({ indicator: threshold, objectives: [{ target: 0.9 }] }), 'no op or no value'],
  ['time slices without a limit', availability('Timeslices', { target: 0.9 }), 'timeSliceTarget'],
])('a file with %s is refused in one sentence', (_, document, message) => {
  expect(() => judge(document, {})).toThrow(
    expect.objectContaining({ code: 'POLICY_INVALID', message: expect.stringContaining(message) as string }),
  );
});

test.each([['12 ms'], [NaN], [{ good: 1 }], [{ good: 2, total: 1 }], [{ good: -1, total: 1 }]])(
  'the sample %j is refused in one sentence',
  (sample) => {
    expect(() => judge(searches, { 'search-latency': [sample] })).toThrow(
      expect.objectContaining({ code: 'SAMPLES_INVALID', message: expect.stringContaining('samples.search-latency.0') as string }),
    );
  },
);

test('one more bad event never makes a verdict better, and the order of events does not matter', () => {
  const rank = { failed: 0, inconclusive: 1, warning: 2, passed: 3 };
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 10 }), (good, bad) => {
      const of = (given: number[]) => rank[judge(searches, { 'search-latency': given }).outcome];
      fc.pre(good > 0);
      expect(of(numbers(good - 1, bad + 1))).toBeLessThanOrEqual(of(numbers(good, bad)));
      expect(of(numbers(good, bad).reverse())).toBe(of(numbers(good, bad)));
    }),
  );
});

test('a million samples have a verdict', () => {
  expect(judge(searches, { 'search-latency': numbers(999_000, 1_000) }).outcome).toBe('passed');
});
