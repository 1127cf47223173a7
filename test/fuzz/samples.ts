/** Documents in the shape in which other people's programs write them. */
export const sarifLog = JSON.stringify({
  version: '2.1.0',
  runs: [
    {
      tool: {
        driver: { name: 'eslint', rules: [{ id: 'no-eval', defaultConfiguration: { level: 'error' } }] },
        extensions: [{ name: 'security', rules: [{ id: 'CA1000' }] }],
      },
      invocations: [{ executionSuccessful: true }],
      results: [
        {
          ...{ ruleId: 'no-eval', ruleIndex: 0, level: 'error', kind: 'fail', message: { text: 'eval is evil' } },
          locations: [{ physicalLocation: { artifactLocation: { uri: 'src/cart.ts' }, region: { startLine: 3 } } }],
          suppressions: [{ status: 'rejected' }],
        },
        { rule: { id: 'CA1000/1', index: 0, toolComponent: { index: 0 } }, message: { markdown: '**no**' } },
      ],
    },
  ],
});

export const lockFile = JSON.stringify({
  name: 'storefront',
  lockfileVersion: 3,
  packages: {
    '': { name: 'storefront', version: '2.2.0' },
    'node_modules/left-pad': { version: '1.3.0' },
    'node_modules/@scope/a/node_modules/b': { version: '0.0.1' },
    'node_modules/linked': { link: true },
  },
});

export const advisory = JSON.stringify({
  id: 'GHSA-0000-0000-0000',
  summary: 'left-pad pads too far',
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
  affected: [
    {
      package: { ecosystem: 'npm', name: 'left-pad' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.3.1' }] }],
      versions: ['1.3.0'],
    },
  ],
});

export const exposition = `# HELP http_requests_total Requests by code.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400",path="a \\"b\\" \\\\ \\n"} 3
# TYPE rpc_seconds histogram
rpc_seconds_bucket{le="0.05"} 24054
rpc_seconds_bucket{le="+Inf"} 144320
rpc_seconds_sum 53423.5e-1
rpc_seconds_count 144320
something_weird{problem="division by zero"} +Inf -3982045
`;

export const keptnSlo = `
spec_version: '1.0'
comparison: { compare_with: several_results, include_result_with_score: pass, number_of_comparison_results: 3, aggregate_function: avg }
objectives:
  - sli: responseTime95
    displayName: "Response time"
    pass: [{ criteria: ["<=+10%", "<600"] }]
    warning: [{ criteria: ["<=800"] }]
    weight: 2
    key_sli: true
  - &errors { sli: errors, pass: [{ criteria: ["=0"] }] }
  - *errors
total_score: { pass: "90%", warning: 75% }
`;

export const argoTemplate = `
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: { name: success-rate }
spec:
  args: [{ name: service, value: storefront }]
  dryRun: [{ metricName: latency }]
  metrics:
    - name: success-rate
      interval: 5m
      count: 3
      successCondition: result[0] >= 0.95
      failureCondition: 'len(result) == 0 || result[0] < {{args.floor}}'
      failureLimit: "3"
      inconclusiveLimit: 1
      consecutiveErrorLimit: 4
      provider: { prometheus: { address: http://prometheus, query: sum(rate(x[5m])) } }
    - { name: latency, successCondition: 'all(result, # < 500)', provider: { web: { url: http://x } } }
`;

export const openSlo = `
apiVersion: openslo/v1
kind: SLI
metadata: { name: availability }
spec: { ratioMetric: { counter: true, good: { metricSource: {} }, total: { metricSource: {} } } }
---
apiVersion: openslo/v1
kind: SLO
metadata: { name: storefront }
spec:
  budgetingMethod: Timeslices
  timeWindow: [{ duration: 28d, isRolling: true }]
  indicatorRef: availability
  objectives: [{ target: 0.99, timeSliceTarget: 0.95, timeSliceWindow: 1m }]
`;

export const openSloDocument = {
  apiVersion: 'openslo/v1',
  kind: 'SLO',
  metadata: { name: 'search' },
  spec: {
    budgetingMethod: 'Occurrences',
    timeWindow: [{ duration: '2w', isRolling: true }],
    indicator: { metadata: { name: 'latency' }, spec: { thresholdMetric: { metricSource: {} } } },
    objectives: [{ displayName: 'Good', op: 'lt', value: 500, target: 0.99 }],
  },
};

export const kayentaConfig = {
  name: 'golden signals',
  judge: { name: 'NetflixACAJudge-v1.0', judgeConfigurations: {} },
  metrics: [
    {
      ...{ name: 'latency', groups: ['Latency'], scopeName: 'default' },
      analysisConfigurations: { canary: { direction: 'increase', critical: true, effectSize: { allowedIncrease: 1.1 } } },
    },
    { name: 'errors', groups: ['Errors'], analysisConfigurations: { canary: { direction: 'increase', nanStrategy: 'replace' } } },
  ],
  classifier: { groupWeights: { Latency: 60, Errors: 40 } },
  thresholds: { pass: 95, marginal: 50 },
};

export const keptnDefinition = {
  apiVersion: 'metrics.keptn.sh/v1',
  kind: 'AnalysisDefinition',
  spec: {
    objectives: [
      {
        analysisValueTemplateRef: { name: 'rt', namespace: 'ns' },
        target: { failure: { inRange: { lowBound: '1500m', highBound: 25 } }, warning: { greaterThan: { fixedValue: '2Ki' } } },
        ...{ weight: 2, keyObjective: true },
      },
    ],
    totalScore: { passPercentage: 80, warningPercentage: 50 },
  },
};
