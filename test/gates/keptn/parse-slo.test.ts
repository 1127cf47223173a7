import { expect, test } from 'vitest';
import { keptn } from '../../../src/gates/public.js';

/** Restates the published cases of Keptn v1: lighthouse-service/event_handler/common_test.go. */
const objectives = `
objectives:
  - sli: responseTime95
    pass:
      - criteria: ["<=+10%"]
      - criteria: ["<200"]
    warning:
      - criteria: ["<+15%", ">-8%", "<500"]
  - null
  - sli: security_vulnerabilities
    weight: 2
    pass: [{ criteria: ["=0"] }]
  - sli: sql_statements
    key_sli: true
    pass:
      - criteria: ["=0%"]
      - criteria: ["<100"]
    warning:
      - criteria: ["<+5%", ">-5%"]
total_score: { pass: "90%", warning: 75% }
`;
const read = [
  { sli: 'responseTime95', pass: [['<=+10%'], ['<200']], warning: [['<+15%', '>-8%', '<500']], weight: 1, keySli: false },
  { sli: 'security_vulnerabilities', pass: [['=0']], warning: [], weight: 2, keySli: false },
  { sli: 'sql_statements', pass: [['=0%'], ['<100']], warning: [['<+5%', '>-5%']], weight: 1, keySli: true },
];

test.each([
  [
    'a full comparison',
    'comparison: { compare_with: single_result, include_result_with_score: pass, number_of_comparison_results: 3, aggregate_function: avg }',
    { compareWith: 'single_result', includeResultWithScore: 'pass', numberOfComparisonResults: 3, aggregateFunction: 'avg' },
  ],
  [
    'no comparison',
    '',
    { compareWith: 'single_result', includeResultWithScore: 'all', numberOfComparisonResults: 1, aggregateFunction: 'avg' },
  ],
  [
    'a comparison that only says with what',
    'comparison: { compare_with: single_result }',
    { compareWith: 'single_result', includeResultWithScore: 'all', numberOfComparisonResults: 3, aggregateFunction: 'avg' },
  ],
])('a file with %s is read with the defaults of lighthouse-service', (_, given, comparison) => {
  expect(keptn.parseSlo(`spec_version: '1.0'\n${given}${objectives}`)).toEqual({
    comparison,
    objectives: read,
    totalScore: { pass: '90%', warning: '75%' },
  });
});

test('empty lists of criteria are kept, null objectives are dropped (issue 6096)', () => {
  const slo = keptn.parseSlo('objectives: [null, { sli: srt, displayName: "", pass: [], warning: [], weight: 1, key_sli: false }]');
  expect(slo.objectives).toEqual([{ sli: 'srt', pass: [], warning: [], weight: 1, keySli: false }]);
  expect(slo.totalScore).toBeNull();
});

test.each([
  ['a word', 'invalid', 'Failed to read the SLO file'],
  ['no YAML', 'a: [', 'Failed to read the SLO file'],
  ['a name that is none', 'objectives: [{ sli: 3 }]', 'objectives.0.sli'],
  ['a weight in words', 'objectives: [{ sli: a, weight: heavy }]', 'objectives.0.weight'],
])('%s is refused in one sentence', (_, yaml, message) => {
  expect(() => keptn.parseSlo(yaml)).toThrow(
    expect.objectContaining({ code: 'POLICY_INVALID', message: expect.stringContaining(message) as string }),
  );
});
