import fc from 'fast-check';
import { expect, test } from 'vitest';
import { argo } from '../../../src/gates/public.js';

/** Restates the published tests of Argo Rollouts: analysis/analysis_test.go, TestAssessRunStatus… */
const none = { count: 0, successful: 0, failed: 0, inconclusive: 0, error: 0 };
const metrics = ['run-forever', 'failed-metric'];
const failing = { name: 'failed-metric', phase: 'Failed', count: 1, failed: 1, lastMeasurementPhase: 'Failed' } as const;

test.each([
  ['Running', 'Running'],
  ['Failed', 'Failed'],
  ['Error', 'Error'],
  ['Successful', 'Successful'],
] as const)('a metric that is %s beside a Successful one makes the run %s', (phase, expected) => {
  const results = [
    { name: 'latency', phase: 'Successful' as const },
    { name: 'success-rate', phase },
  ];
  expect(argo.assessRun({ metrics: ['latency', 'success-rate'], results })).toMatchObject({ phase: expected, message: '' });
});

test('a metric that just failed is Failed while the run still waits for one in flight', () => {
  const results = [
    { name: 'sleep-infinity', phase: 'Running', lastMeasurementPhase: 'Running' },
    { name: 'fail-after-30', phase: 'Running', count: 1, failed: 1, lastMeasurementPhase: 'Failed' },
  ] as const;
  const run = argo.assessRun({ metrics: ['sleep-infinity', 'fail-after-30'], results });
  expect(run).toMatchObject({ phase: 'Running', message: '', metrics: [{ phase: 'Running' }, { phase: 'Failed' }] });
});

test.each([
  ['', 'Metric "failed-metric" assessed Failed due to failed (1) > failureLimit (0)'],
  ['Provider Error', 'Metric "failed-metric" assessed Failed due to failed (1) > failureLimit (0): "Error Message: Provider Error"'],
])('the message names the metric, the limit and what the provider said ("%s")', (message, expected) => {
  const results = [
    { name: 'run-forever', phase: 'Successful' as const },
    { ...failing, message },
  ];
  expect(argo.assessRun({ metrics, results })).toMatchObject({ phase: 'Failed', message: expected, dryRunSummary: none });
  expect(argo.assessRun({ metrics, results, dryRun: metrics })).toMatchObject({
    phase: 'Successful',
    message: '',
    dryRunSummary: { ...none, count: 2, successful: 1, failed: 1 },
  });
});

test('of several failures the first is named; dry runs are counted apart and keep their reason', () => {
  const results = [{ ...failing, name: 'run-forever' }, failing];
  expect(argo.assessRun({ metrics, results })).toMatchObject({
    phase: 'Failed',
    message: 'Metric "run-forever" assessed Failed due to failed (1) > failureLimit (0)',
  });
  const dry = argo.assessRun({ metrics, results, dryRun: metrics });
  expect(dry).toMatchObject({ phase: 'Successful', message: '', dryRunSummary: { ...none, count: 2, failed: 2 } });
  expect(dry.metrics.map(({ message }) => message)).toEqual(Array(2).fill('Metric assessed Failed due to failed (1) > failureLimit (0)'));
});

test('a dry run does not decide beside a metric that does', () => {
  const results = [
    { name: 'run-forever', phase: 'Running', inconclusive: 1, lastMeasurementPhase: 'Inconclusive' },
    { ...failing, phase: 'Successful', name: 'success-metric' },
  ] as const;
  expect(argo.assessRun({ metrics: ['run-forever', 'success-metric'], results, dryRun: ['success-metric'] })).toMatchObject({
    phase: 'Inconclusive',
    message: 'Metric "run-forever" assessed Inconclusive due to inconclusive (1) > inconclusiveLimit (0)',
  });
});

test.each([[[]], [['success-rate']]])('a run that is ended before a measurement is Successful (dry run %j)', (dryRun) => {
  expect(argo.assessRun({ metrics: ['success-rate'], results: [], dryRun, terminate: true })).toMatchObject({
    phase: 'Successful',
    message: 'Run Terminated',
    dryRunSummary: { ...none, count: dryRun.length },
  });
});

test('a metric without a result keeps the run Running', () => {
  expect(argo.assessRun({ metrics: ['a', 'b'], results: [{ name: 'a', phase: 'Successful' }] }).phase).toBe('Running');
});

test('the order of metrics and results does not change the phase', () => {
  const phase = fc.constantFrom('Successful', 'Failed', 'Inconclusive', 'Error', 'Running', 'Pending');
  fc.assert(
    fc.property(fc.array(phase, { minLength: 1, maxLength: 5 }), (phases) => {
      const results = phases.map((one, index) => ({ name: `m${index}`, phase: one }));
      const names = results.map(({ name }) => name);
      const forth = argo.assessRun({ metrics: names, results }).phase;
      return forth === argo.assessRun({ metrics: [...names].reverse(), results: [...results].reverse() }).phase;
    }),
  );
});
