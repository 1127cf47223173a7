import { expect, test } from 'vitest';
import type { Board, FieldValue } from '../../src/catalog/fields.js';
import { evaluateCriteria } from '../../src/scenario/public.js';

const hour = 3_600_000;
const suite: Omit<FieldValue<'test_results'>[number], 'id' | 'passed' | 'failed'> = {
  suite: 'unit',
  kind: 'unit',
  target: 'artifact',
  status: 'completed',
  reason: '',
  total: 100,
  skipped: 0,
  durationMs: 1,
  attempt: 1,
  evidence: [],
};
const stability = (value: number): FieldValue<'gate_evaluations'> => [
  {
    id: 'stability',
    gate: 'stability',
    attempt: 1,
    outcome: 'passed',
    at: 0,
    checks: [{ check: 'stability_period', outcome: 'passed', value, target: '', margin: 0, unit: 'ms', reason: '', evidence: [] }],
  },
];
const security = (critical: number | null): FieldValue<'security_results'> => ({
  critical,
  high: 0,
  findings: 0,
  failedProbes: [],
  evidence: [],
});

const rows: { language: string; metric: string; board: Board; soakMs?: number; actual: string; met: boolean }[] = [
  {
    language: '>=95%',
    metric: 'testPassRate',
    board: { test_results: [{ ...suite, id: 'a', passed: 95, failed: 5 }] },
    actual: '95.0%',
    met: true,
  },
  {
    language: '>=95%',
    metric: 'testPassRate',
    board: { test_results: [{ ...suite, id: 'a', passed: 94, failed: 6 }] },
    actual: '94.0%',
    met: false,
  },
  { language: '>=95%', metric: 'testPassRate', board: {}, actual: 'no measurement', met: false },
  { language: '>=24_hours', metric: 'stabilityPeriod', board: { gate_evaluations: stability(24 * hour) }, actual: '24 hours', met: true },
  {
    language: '>=24_hours',
    metric: 'stabilityPeriod',
    board: { gate_evaluations: stability(24 * hour - 1) },
    actual: '23.9 hours',
    met: false,
  },
  {
    language: '>=24_hours',
    metric: 'stabilityPeriod',
    board: { gate_evaluations: stability(20_000) },
    soakMs: 20_000,
    actual: '20.0 s',
    met: true,
  },
  { language: '>=24_hours', metric: 'stabilityPeriod', board: {}, actual: '0 hours', met: false },
  { language: 'no_critical', metric: 'securityIssues', board: { security_results: security(0) }, actual: 'no_critical', met: true },
  { language: 'no_critical', metric: 'securityIssues', board: { security_results: security(1) }, actual: 'critical', met: false },
  { language: 'no_critical', metric: 'securityIssues', board: { security_results: security(null) }, actual: 'unknown', met: false },
  { language: 'true', metric: 'deploymentSuccess', board: { deployment_status: 'deployment_successful' }, actual: 'true', met: true },
  { language: 'true', metric: 'deploymentSuccess', board: { deployment_status: 'rolled_back' }, actual: 'false', met: false },
  { language: 'all', metric: 'performanceTargetsMet', board: {}, actual: 'unknown', met: false },
  { language: 'true', metric: 'somethingElse', board: {}, actual: 'no measurement', met: false },
];

test.each(rows)('$metric "$language" is met: $met, where it is $actual', ({ language, metric, board, soakMs = 48 * hour, actual, met }) => {
  const criteria = { requiredEvents: [], blackboardState: {}, deploymentMetrics: { [metric]: language } };
  expect(evaluateCriteria({ events: [], board, soakMs }, criteria)).toMatchObject([{ criterion: metric, actual, met }]);
});

test('"true" of a field is the boolean, and a field that was never written is not met', () => {
  const criteria = {
    requiredEvents: ['swarm/started'],
    blackboardState: { production_ready: 'true', deployment_approved: 'true' },
    deploymentMetrics: {},
  };
  expect(
    evaluateCriteria({ events: [], board: { production_ready: true }, soakMs: 0 }, criteria).map(({ actual, met }) => [actual, met]),
  ).toEqual([
    ['not emitted', false],
    ['true', true],
    ['not set', false],
  ]);
});
