/**
 * The five gates in the scenario's order, and the checks inside each.
 * The workflow diagram's other list (security scan, performance test, integration, regression, smoke) names checks.
 */
export const gates = {
  security: {
    title: 'Security Gate',
    checks: {
      vulnerability_scan: 'no known critical vulnerability among the dependencies',
      dependency_check: 'no known high-severity vulnerability among the dependencies',
      code_analysis: 'no error-level finding in the SARIF reports',
      compliance_check: 'the HTTP baseline holds: headers, error pages, traversal, methods',
    },
  },
  performance: {
    title: 'Performance Gate',
    checks: {
      response_time: 'average response time under load below the target',
      throughput: 'requests per second under load above the target',
      error_rate: 'failed requests under load below the target, and no crash',
      resource_utilization: 'CPU and memory of the processes within the quota',
    },
  },
  functional: {
    title: 'Functional Gate',
    checks: {
      unit_tests: 'pass rate of the unit tests',
      integration_tests: 'pass rate of the integration tests',
      regression_tests: 'no regression test fails',
      api_tests: 'pass rate of the API tests',
      ui_tests: 'pass rate of the UI tests',
      smoke_tests: 'no smoke test fails after the switch',
    },
  },
  stability: {
    title: 'Stability Gate',
    checks: {
      stability_period: 'healthy time observed since the deployment',
      health_checks: 'share of health checks answered',
      monitoring_alerts: 'no alert is firing, no process crashed',
      error_logs: 'error lines in the log of the candidate',
      memory_growth: 'memory does not grow without end',
    },
  },
  approval: {
    title: 'Approval Gate',
    checks: {
      stakeholder_signoff: 'a named approver has approved exactly this',
      risk_assessment: 'the risks are known and none is blocking',
      deployment_plan: 'a deployment plan is recorded',
      rollback_plan: 'the version to go back to runs and answers',
    },
  },
} as const;

export type GateName = keyof typeof gates;
export const gateNames = Object.keys(gates) as GateName[]; // keys of a const table, in the scenario's order
export type CheckName = { [G in GateName]: keyof (typeof gates)[G]['checks'] }[GateName];
export const checkNames = gateNames.flatMap((gate) => Object.keys(gates[gate].checks)) as [CheckName, ...CheckName[]];

/**
 * Outcomes of a check and of a gate, from best to worst.
 * `failed`: the candidate is bad. `errored`: we could not tell. `inconclusive`: not enough evidence. `off`: the owner does without.
 */
export const checkOutcomes = ['off', 'passed', 'warning', 'pending', 'inconclusive', 'errored', 'failed'] as const;
export type CheckOutcome = (typeof checkOutcomes)[number];
