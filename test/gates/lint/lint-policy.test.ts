import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { lintPolicy } from '../../../src/gates/public.js';

const found = (...documents: unknown[]) => lintPolicy(documents).findings.map(({ code, path }) => [code, path]);

const slo = (objective: object, more: object = {}) => ({
  comparison: { compare_with: 'single_result', include_result_with_score: 'pass' },
  objectives: [{ sli: 'rt', ...objective }],
  total_score: { pass: '90%', warning: '75%' },
  ...more,
});
const pass = (...criteria: string[]) => ({ pass: [{ criteria }] });

test.each([
  ['a sound file', slo(pass('<=+10%', '<600')), []],
  ['no objective', { ...slo({}), objectives: [] }, [['OBJECTIVES_MISSING', 'objectives']]],
  ['objectives that only inform', slo({}), [['NOTHING_JUDGED', 'objectives']]],
  ['no score', slo(pass('<600'), { total_score: null }), [['SCORE_MISSING', 'total_score.pass']]],
  ['a score above 100', slo(pass('<600'), { total_score: { pass: 110 } }), [['SCORE_UNREACHABLE', 'total_score.pass']]],
  ['a score in words', slo(pass('<600'), { total_score: { pass: 'all' } }), [['SCORE_UNREACHABLE', 'total_score.pass']]],
  ['a score of 0', slo(pass('<600'), { total_score: { pass: '0%' } }), [['SCORE_ALWAYS_REACHED', 'total_score.pass']]],
  [
    'a warning above the pass',
    slo(pass('<600'), { total_score: { pass: '75%', warning: '90%' } }),
    [['WARNING_UNREACHABLE', 'total_score.warning']],
  ],
  ['a criterion that is none', slo(pass('fast')), [['CRITERION_INVALID', 'objectives[0]']]],
  ['bounds that exclude each other', slo(pass('<5', '>=5')), [['CRITERIA_CONTRADICT', 'objectives[0].pass[0]']]],
  ['bounds that meet', slo(pass('<=5', '>=5')), []],
  ['an empty list', slo({ pass: [{ criteria: [] }] }), [['CRITERIA_EMPTY', 'objectives[0].pass[0]']]],
  ['relative criteria only', slo(pass('<=+10%')), [['RELATIVE_WITHOUT_BASELINE', 'objectives[0].pass[0]']]],
  [
    'a comparison with failures',
    slo(pass('<=+10%', '<9'), { comparison: { compare_with: 'single_result' } }),
    [['BASELINE_OF_FAILURES', 'comparison.include_result_with_score']],
  ],
  [
    'an unknown aggregate',
    slo(pass('<9'), { comparison: { aggregate_function: 'max' } }),
    [['AGGREGATE_UNKNOWN', 'comparison.aggregate_function']],
  ],
  [
    'a key objective that informs',
    {
      ...slo(pass('<9')),
      objectives: [
        { sli: 'a', ...pass('<9') },
        { sli: 'b', key_sli: true },
      ],
    },
    [['OBJECTIVE_NEVER_FAILS', 'objectives[1].pass']],
  ],
  [
    'an indicator judged twice',
    {
      ...slo(pass('<9')),
      objectives: [
        { sli: 'a', ...pass('<9') },
        { sli: 'a', ...pass('<8') },
      ],
    },
    [['INDICATOR_USED_TWICE', 'objectives[1].sli']],
  ],
])('Keptn SLO: %s', (_, document, expected) => {
  expect(found(document)).toEqual(expected);
});

const definition = (objectives: object[], passPercentage = 90) => ({
  kind: 'AnalysisDefinition',
  spec: {
    objectives: objectives.map((one) => ({ analysisValueTemplateRef: { name: 'rt' }, ...one })),
    totalScore: { passPercentage, warningPercentage: passPercentage - 10 },
  },
});
const failure = { target: { failure: { lessThan: { fixedValue: 5 } } } };
test.each([
  ['a sound one', definition([failure]), []],
  ['no objective', definition([]), [['OBJECTIVES_MISSING', 'spec.objectives']]],
  ['no failure target', definition([{}]), [['OBJECTIVE_NEVER_FAILS', 'spec.objectives[0].target.failure']]],
  ['no weight', definition([{ ...failure, weight: 0 }]), [['SCORE_UNREACHABLE', 'spec.objectives']]],
  [
    'a key objective without weight',
    definition([failure, { ...failure, weight: 0, keyObjective: true }]),
    [['KEY_WITHOUT_WEIGHT', 'spec.objectives[1].weight']],
  ],
])('Keptn AnalysisDefinition: %s', (_, document, expected) => {
  expect(found(document)).toEqual(expected);
});

const canary = (groupWeights: object, thresholds: object = { pass: 95, marginal: 75 }) => ({
  metrics: [
    { name: 'latency', groups: ['latency'] },
    { name: 'errors', groups: ['errors'] },
  ],
  classifier: { groupWeights },
  thresholds,
});
test.each([
  ['a sound config', canary({ latency: 50, errors: 50 }), []],
  ['a request that holds it', { canaryConfig: canary({ latency: 50, errors: 50 }) }, []],
  ['a group without weight', canary({ latency: 100, errors: 0 }), [['GROUP_WEIGHT_ZERO', 'classifier.groupWeights.errors']]],
  ['weight on a group without metrics', canary({ latency: 40, errors: 40, cpu: 20 }), [['SCORE_UNREACHABLE', 'thresholds.pass']]],
  ['groups that share what is left', canary({ latency: 40 }), []],
  ['no score fails', canary({}, { pass: 95, marginal: 0 }), [['SCORE_ALWAYS_REACHED', 'thresholds.marginal']]],
  ['nothing is marginal', canary({}, { pass: 75, marginal: 95 }), [['WARNING_UNREACHABLE', 'thresholds.marginal']]],
  [
    'a metric in no group',
    { ...canary({}), metrics: [{ name: 'a' }, { name: 'b', groups: ['b'] }] },
    [['METRIC_WITHOUT_GROUP', 'metrics[0].groups']],
  ],
  ['no metric', { metrics: [] }, [['NOTHING_JUDGED', 'metrics']]],
])('Kayenta canary config: %s', (_, document, expected) => {
  expect(found(document)).toEqual(expected);
});

const metric = { name: 'errors', interval: '1m', count: 5, successCondition: 'result < 1', provider: { web: {} } };
const template = (given: object, more: object = {}) => ({
  kind: 'AnalysisTemplate',
  metadata: { name: 'errors' },
  spec: { metrics: [{ ...metric, ...given }], ...more },
});
test.each([
  ['a sound one', template({ failureLimit: 4 }), []],
  ['a limit of all measurements', template({ failureLimit: 5 }), [['FAILURE_LIMIT_UNREACHABLE', 'spec.metrics[0].failureLimit']]],
  ['all inconclusive', template({ inconclusiveLimit: 5 }), [['INCONCLUSIVE_LIMIT_UNREACHABLE', 'spec.metrics[0].inconclusiveLimit']]],
  ['a limit above the count', template({ failureLimit: 6 }), [['TEMPLATE_INVALID', 'spec.metrics[0].count']]],
  ['no provider', template({ provider: {} }), [['TEMPLATE_INVALID', 'spec.metrics[0].provider']]],
  ['no condition', template({ successCondition: '' }), [['CONDITION_MISSING', 'spec.metrics[0]']]],
  ['a job without a condition', template({ successCondition: '', provider: { job: {} } }), []],
  ['a condition that is constant', template({ successCondition: '1 < 2' }), [['CONDITION_CONSTANT', 'spec.metrics[0].successCondition']]],
  [
    'a condition on an unknown name',
    template({ failureCondition: 'len(result) > limit' }),
    [['CONDITION_INVALID', 'spec.metrics[0].failureCondition']],
  ],
  ['a condition that ends early', template({ failureCondition: 'result >' }), [['CONDITION_INVALID', 'spec.metrics[0].failureCondition']]],
  [
    'a condition that is not read here',
    template({ failureCondition: 'sum(result) > 1' }),
    [['CONDITION_INVALID', 'spec.metrics[0].failureCondition']],
  ],
  ['an argument that a rollout fills in', template({ count: '{{args.count}}', successCondition: 'result < {{args.most}}' }), []],
  ['a default', template({ successCondition: 'default(result, 1) < 2 ? true : all(result, {# > 1})' }), []],
  ['a dry run of everything', template({}, { dryRun: [{ metricName: '.*' }] }), [['NOTHING_JUDGED', 'spec.dryRun']]],
])('Argo AnalysisTemplate: %s', (_, document, expected) => {
  expect(found(document)).toEqual(expected);
});

const analysis = (name = 'errors', more: object = {}) => ({ templates: [{ templateName: name }], ...more });
const rollout = (strategy: object, more: object = {}) => ({
  kind: 'Rollout',
  metadata: { name: 'shop' },
  spec: { replicas: 10, strategy, ...more },
});
const paused = (duration?: string | number) => ({ pause: duration === undefined ? {} : { duration } });
test.each([
  ['a sound canary', rollout({ canary: { analysis: analysis(), steps: [{ setWeight: 10 }, paused('5m')] } }), []],
  ['a pause until a person comes', rollout({ canary: { analysis: analysis(), steps: [{ setWeight: 10 }, paused()] } }), []],
  ['pauses in seconds', rollout({ canary: { analysis: analysis(), steps: [{ setWeight: 10 }, paused(240)] } }), []],
  [
    'steps shorter than the analysis',
    rollout({ canary: { analysis: analysis(), steps: [{ setWeight: 10 }, paused('3m')] } }),
    [['SOAK_TOO_SHORT', 'spec.strategy.canary.steps']],
  ],
  [
    'an analysis behind the last step',
    rollout({ canary: { analysis: analysis('errors', { startingStep: 2 }), steps: [{ setWeight: 10 }, paused('5m')] } }),
    [['ANALYSIS_NEVER_STARTS', 'spec.strategy.canary.analysis.startingStep']],
  ],
  ['no analysis', rollout({ canary: { steps: [{ setWeight: 10 }] } }), [['NOTHING_JUDGED', 'spec.strategy.canary']]],
  [
    'less than one instance',
    rollout({ canary: { steps: [{ setWeight: 5 }, { analysis: analysis() }] } }),
    [['CANARY_BELOW_ONE', 'spec.strategy.canary.steps[0].setWeight']],
  ],
  [
    'less than one, split by a router',
    rollout({ canary: { trafficRouting: { nginx: {} }, steps: [{ setWeight: 5 }, { analysis: analysis() }] } }),
    [],
  ],
  [
    'a template that is not there',
    rollout({ canary: { steps: [{ analysis: analysis('gone') }] } }),
    [['TEMPLATE_MISSING', 'spec.strategy.canary.steps[0].analysis.templates']],
  ],
  [
    'a step that waits for ever',
    rollout({ canary: { steps: [{ analysis: analysis('endless') }] } }),
    [['ANALYSIS_ENDLESS', 'spec.strategy.canary.steps[0].analysis']],
  ],
  [
    'no revision to go back to',
    rollout({ canary: { steps: [{ analysis: analysis() }] } }, { revisionHistoryLimit: 0 }),
    [['ROLLBACK_TARGET_MISSING', 'spec.revisionHistoryLimit']],
  ],
  ['a blue-green without analysis', rollout({ blueGreen: {} }), [['NOTHING_JUDGED', 'spec.strategy.blueGreen']]],
  [
    'a preview without an instance',
    rollout({ blueGreen: { prePromotionAnalysis: analysis(), previewReplicaCount: 0 } }),
    [['CANARY_BELOW_ONE', 'spec.strategy.blueGreen.previewReplicaCount']],
  ],
])('Argo Rollout: %s', (_, document, expected) => {
  const endless = { ...template({ count: null }), metadata: { name: 'endless' } };
  expect(found(document, template({}), endless)).toEqual(expected.map(([code, path]) => [code, `shop: ${path ?? ''}`]));
});

const openSlo = (objective: object, more: object = {}) => ({
  kind: 'SLO',
  metadata: { name: 'search' },
  spec: {
    indicator: { metadata: { name: 'a' }, spec: { ratioMetric: {} } },
    budgetingMethod: 'Occurrences',
    timeWindow: [{ duration: '4w' }],
    objectives: [objective],
    ...more,
  },
});
test.each([
  ['a sound one', openSlo({ target: 0.99 }), []],
  ['no budget', openSlo({ target: 1 }), [['TARGET_WITHOUT_BUDGET', 'search.target']]],
  ['a target of nothing', openSlo({ targetPercent: 0 }), [['TARGET_ALWAYS_MET', 'search.target']]],
  ['no window', openSlo({ target: 0.99 }, { timeWindow: [] }), [['WINDOW_MISSING', 'search.timeWindow']]],
  [
    'too few slices',
    openSlo({ target: 0.999, timeSliceTarget: 0.9, timeSliceWindow: '1h' }, { budgetingMethod: 'Timeslices' }),
    [['TOO_FEW_SLICES', 'search.timeSliceWindow']],
  ],
  [
    'slices that are always good',
    openSlo({ target: 0.9, timeSliceTarget: 0, timeSliceWindow: '1m' }, { budgetingMethod: 'Timeslices' }),
    [['TARGET_ALWAYS_MET', 'search.timeSliceTarget']],
  ],
])('OpenSLO: %s', (_, document, expected) => {
  expect(found(document)).toEqual(expected);
});

test('a finding says what can never happen and what to do', () => {
  expect(lintPolicy([template({ failureLimit: 5 })])).toEqual({
    formats: ['Argo AnalysisTemplate'],
    findings: [
      {
        code: 'FAILURE_LIMIT_UNREACHABLE',
        path: 'spec.metrics[0].failureLimit',
        message: '5 measurements of errors cannot fail more than 5 times',
        never: 'fail',
        remedy: 'Allow fewer failures than there are measurements.',
      },
    ],
  });
});

test.each([[[]], [[{ kind: 'Service' }]], [['text', 5]]])('documents without a policy (%j) are refused in one sentence', (documents) => {
  expect(() => lintPolicy(documents)).toThrow(expect.objectContaining({ code: 'POLICY_INVALID' }));
});

test.each([
  ['slo.yaml', 0],
  ['analysis-template.yaml', 0],
  ['openslo.yaml', 0],
  ['flawed-rollout.yaml', 4],
])('the example %s has %d flaws', (file, count) => {
  const documents = parseAllDocuments(readFileSync(`examples/policies/${file}`, 'utf8'));
  expect(lintPolicy(documents.map((one) => one.toJS() as unknown)).findings).toHaveLength(count);
});
