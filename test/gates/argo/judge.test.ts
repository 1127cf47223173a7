import { expect, test } from 'vitest';
import { argo } from '../../../src/gates/public.js';

const template = (...metrics: object[]) => ({ apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisTemplate', spec: { metrics } });
/** The first template of Argo's documentation (docs/features/analysis.md): success-rate, three failures allowed. */
const successRate = {
  name: 'success-rate',
  interval: '5m',
  successCondition: 'result[0] >= 0.95',
  failureLimit: 3,
  provider: { prometheus: { query: 'sum(rate(…))' } },
};
const values = (...given: unknown[]) => given.map((value) => ({ value }));
const judge = (given: object, measurements: object, more: object = {}) => argo.judge({ template: given, data: { measurements, ...more } });

test.each([
  ['within its limit', [[1], [0.9], [0.9], [0.9]], 'Running'],
  ['beyond its limit', [[1], [0.9], [0.9], [0.9], [0.9]], 'Failed'],
])('a metric without a count, %s, is %s', (_, given, phase) => {
  expect(judge(template(successRate), { 'success-rate': values(...given) }).phase).toBe(phase);
});

test('a metric with a count ends at it, and says how many failures it could have borne', () => {
  const run = judge(template({ ...successRate, count: 3, failureLimit: 1 }), { 'success-rate': values([1], [0.9], [0.96], [0.1]) });
  expect(run).toMatchObject({
    phase: 'Successful',
    message: '',
    metrics: [{ name: 'success-rate', phase: 'Successful', count: 3, failed: 1 }],
  });
  expect(run.explain[0]).toMatchObject({
    rule: 'success where result[0] >= 0.95; at most 1 failure in 3 measurements',
    value: 1,
    target: 1,
    margin: 0,
    samples: 3,
    reason: '1 failure of 3 measurements, within the limit of 1',
    wouldChange: '1 more failure among them',
  });
  expect(run.warnings).toEqual(['success-rate ended after 3 of 4 measurements; the others were not looked at.']);
});

test('a failed run carries the words of Argo, and ours of what would change it', () => {
  const run = judge(template({ ...successRate, count: 5, failureLimit: 0 }), { 'success-rate': values([0.5]) });
  expect(run).toMatchObject({ phase: 'Failed', message: 'Metric "success-rate" assessed Failed due to failed (1) > failureLimit (0)' });
  expect(run.explain[0]).toMatchObject({
    margin: -1,
    reason: '1 measurement failed, more than the 0 allowed',
    wouldChange: '1 measurement fewer of those, or a limit of 1',
  });
});

test('errors are tolerated four times in a row, and a success starts the row again', () => {
  const errors = Array.from({ length: 4 }, () => ({ error: 'unreachable' }));
  const metric = { ...successRate, count: 2, failureLimit: 0 };
  const good = { value: [1] };
  expect(judge(template(metric), { 'success-rate': [...errors, good, ...errors, good] }).phase).toBe('Successful');
  const run = judge(template(metric), { 'success-rate': [...errors, { error: 'unreachable' }] });
  expect(run).toMatchObject({ phase: 'Error', metrics: [{ error: 5, count: 0 }] });
  expect(run.explain[0]).toMatchObject({
    value: 5,
    target: 4,
    reason: '5 measurements errored in a row, more than the 4 allowed; the last: unreachable',
  });
});

test('a value that the condition cannot read is an error of that measurement', () => {
  const run = judge(template({ ...successRate, consecutiveErrorLimit: 0 }), { 'success-rate': values(0.99) });
  expect(run).toMatchObject({ phase: 'Error' });
  expect(run.message).toContain('cannot fetch 0 from float64');
});

test('phases that were measured elsewhere are taken as they are', () => {
  const run = judge(template({ name: 'job', count: 1, inconclusiveLimit: 0 }), { job: [{ phase: 'Inconclusive' }] });
  expect(run.phase).toBe('Inconclusive');
});

test('a metric that fails ends the others, and we say that a short one counts as Successful', () => {
  const slow = { name: 'slow', count: 5, interval: '1m', successCondition: 'result < 1' };
  const fast = { name: 'fast', count: 5, interval: '10s', successCondition: 'result < 1' };
  const run = judge(template(slow, fast), { slow: values(0, 0, 0, 0, 0), fast: values(0, 0, 9) });
  expect(run).toMatchObject({
    phase: 'Failed',
    metrics: [
      { phase: 'Successful', count: 1 },
      { phase: 'Failed', count: 3 },
    ],
  });
  expect(run.warnings).toContain('slow is Successful after 1 of 5 measurements, because another metric ended the run.');
});

test('a metric behind its initial delay is not measured once another has failed', () => {
  const late = { name: 'late', initialDelay: '10m', successCondition: 'result < 1' };
  const run = judge(template(late, { name: 'now', successCondition: 'result < 1' }), { late: values(0), now: values(9) });
  expect(run).toMatchObject({ phase: 'Failed', metrics: [{ phase: 'Pending', count: 0 }, { phase: 'Failed' }] });
});

test('dry runs are matched as expressions, and a template of nothing else is named', () => {
  const given = { spec: { metrics: [{ ...successRate, count: 1, failureLimit: 0 }], dryRun: [{ metricName: 'success.*' }] } };
  const run = judge(given, { 'success-rate': values([0]) });
  expect(run).toMatchObject({ phase: 'Successful', dryRunSummary: { count: 1, failed: 1 }, metrics: [{ phase: 'Failed', dryRun: true }] });
  expect(run.warnings).toContain('Every metric is a dry run: this template never fails.');
});

test.each([
  [
    'an argument without a value',
    { spec: { metrics: [{ name: 'a', successCondition: 'result < {{args.limit}}' }] } },
    'failed to resolve {{args.limit}}',
  ],
  ['a dry run that matches nothing', { spec: { metrics: [{ name: 'a' }], dryRun: [{ metricName: '*' }] } }, 'dryRun[0]'],
  [
    'a count below its limit',
    template({ name: 'a', count: 1, failureLimit: 2 }),
    'Analysis spec invalid: metrics[0]: count (1) must be >=',
  ],
])('%s is an Error, as Argo would not start the run', (_, given, message) => {
  const run = judge(given, {});
  expect(run.phase).toBe('Error');
  expect(run.message).toContain(message);
});

test('arguments come from the template, and before it from the data', () => {
  const metric = { name: 'a', count: '{{args.count}}', successCondition: 'result < {{ args.limit }}' };
  const args = [{ name: 'count', value: '1' }, { name: 'limit' }];
  const run = judge({ spec: { args, metrics: [metric] } }, { a: values(5) }, { args: { limit: 6 } });
  expect(run).toMatchObject({ phase: 'Successful', explain: [{ rule: 'success where result < 6; at most 0 failures in 1 measurement' }] });
});

test.each([
  ['a limit that the count cannot exceed', { ...successRate, count: 2, failureLimit: 2 }, 'can never fail'],
  ['no condition', { name: 'success-rate' }, 'has no condition'],
  ['a default for a part', { name: 'success-rate', successCondition: 'default(result.rate, 1) == 1' }, 'the whole result'],
])('%s is judged as in Argo, with a warning', (_, metric, warning) => {
  expect(judge(template(metric), { 'success-rate': values(null) }).warnings.join()).toContain(warning);
});

test('measurements of nobody are named', () => {
  expect(judge(template(successRate), { latency: values(1) }).warnings).toEqual([
    'No metric of the template is named latency: its measurements were not judged.',
  ]);
});

test.each([
  ['a measurement that holds nothing', { a: [{}] }, 'must hold one of'],
  ['a phase that is none', { a: [{ phase: 'Fine' }] }, 'measurements.a.0.phase'],
  ['a number in place of the list', { a: 5 }, 'measurements.a'],
])('%s is refused in one sentence', (_, measurements, message) => {
  expect(() => judge(template({ name: 'a' }), measurements)).toThrow(
    expect.objectContaining({ code: 'SAMPLES_INVALID', message: expect.stringContaining(message) as string }),
  );
});

test('a million measurements have a verdict', () => {
  const measured = Array.from({ length: 1_000_000 }, () => ({ value: [1] }));
  const run = judge(template({ ...successRate, count: 1_000_000 }), { 'success-rate': measured });
  expect(run.phase).toBe('Successful');
});
