import { successCriteria, type SuccessCriteria } from '../catalog/criteria.js';
import type { Board } from '../catalog/fields.js';

export type Criterion = { criterion: string; expected: string; actual: string; met: boolean };

/** What the criteria are measured against: computed from the blackboard, never stated. */
export type DeploymentMetrics = {
  /** Percent of the tests that ran; null when none did. */
  testPassRate: number | null;
  performanceTargetsMet: 'all' | 'some' | 'unknown';
  securityIssues: 'no_critical' | 'critical' | 'unknown';
  /** Healthy milliseconds observed since the deployment. */
  stabilityMs: number;
  deploymentSuccess: boolean;
};

export const deploymentMetricsOf = (board: Board): DeploymentMetrics => {
  const gate = (name: string) => board.gate_evaluations?.findLast((one) => one.gate === name);
  const suites = [...(board.integration_test_results ?? []), ...(board.test_results ?? [])].filter((suite) => suite.status === 'completed');
  const newest = Math.max(0, ...suites.map((suite) => suite.attempt));
  const ran = suites.filter((suite) => suite.attempt === newest);
  const passed = ran.reduce((sum, suite) => sum + suite.passed, 0);
  const counted = ran.reduce((sum, suite) => sum + suite.passed + suite.failed, 0);
  const period = gate('stability')?.checks.find((check) => check.check === 'stability_period')?.value;
  const critical = board.security_results?.critical;
  const performance = gate('performance')?.outcome;
  return {
    testPassRate: counted === 0 ? null : (passed / counted) * 100,
    performanceTargetsMet: performance === undefined ? 'unknown' : performance === 'passed' || performance === 'warning' ? 'all' : 'some',
    securityIssues: critical == null ? 'unknown' : critical === 0 ? 'no_critical' : 'critical',
    stabilityMs: typeof period === 'number' ? period : 0,
    deploymentSuccess: board.deployment_status === 'deployment_successful' || board.deployment_status === 'promoted_to_production',
  };
};

/**
 * Every success criterion with what was expected, what is, and whether it is met. Understands the scenario's language:
 * "true", ">=95%", ">=24_hours", "all", "no_critical". A policy that asks for less healthy time is named in `expected`.
 */
export const evaluateCriteria = (
  run: { events: readonly string[]; board: Board; soakMs: number },
  criteria: SuccessCriteria = successCriteria,
): Criterion[] => {
  const metrics = deploymentMetricsOf(run.board);
  return [
    ...criteria.requiredEvents.map((topic) => {
      const emitted = run.events.includes(topic);
      return { criterion: `event ${topic}`, expected: 'emitted', actual: emitted ? 'emitted' : 'not emitted', met: emitted };
    }),
    ...Object.entries(criteria.blackboardState).map(([field, expected]) => {
      const value: unknown = (run.board as Record<string, unknown>)[field];
      const actual = value === undefined ? 'not set' : typeof value === 'string' ? value : JSON.stringify(value);
      return { criterion: field, expected, actual, met: actual === expected };
    }),
    ...Object.entries(criteria.deploymentMetrics).map(([metric, expected]) => metricCriterion(metric, expected, metrics, run.soakMs)),
  ];
};

const metricCriterion = (metric: string, expected: string, metrics: DeploymentMetrics, soakMs: number): Criterion => {
  const hours = /^>=\s*([\d.]+)_hours$/.exec(expected)?.[1];
  if (hours !== undefined) {
    const scenarioMs = Number(hours) * 3_600_000;
    const wantedMs = Math.min(scenarioMs, soakMs);
    const { stabilityMs } = metrics;
    const [said, actual] =
      wantedMs === scenarioMs
        ? [expected, `${Math.floor(stabilityMs / 360_000) / 10} hours`]
        : [`>=${wantedMs / 1_000} s instead of ${hours} h, set by the policy`, `${(stabilityMs / 1_000).toFixed(1)} s`];
    return { criterion: metric, expected: said, actual, met: stabilityMs >= wantedMs };
  }
  const percent = /^>=\s*([\d.]+)%$/.exec(expected)?.[1];
  const value: unknown = (metrics as Record<string, unknown>)[metric];
  if (percent !== undefined) {
    return {
      criterion: metric,
      expected,
      actual: typeof value === 'number' ? `${value.toFixed(1)}%` : 'no measurement',
      met: typeof value === 'number' && value >= Number(percent),
    };
  }
  const actual = value === undefined || value === null ? 'no measurement' : typeof value === 'string' ? value : JSON.stringify(value);
  return { criterion: metric, expected, actual, met: actual === expected };
};
