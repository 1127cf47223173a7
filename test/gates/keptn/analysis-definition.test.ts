import { expect, test } from 'vitest';
import { keptn } from '../../../src/gates/public.js';

/** Restates the published cases of the Keptn metrics operator: controllers/common/analysis/*_evaluator_test.go. */
const definition = (objectives: object[], totalScore = { passPercentage: 80, warningPercentage: 50 }) =>
  keptn.readAnalysisDefinition({ kind: 'AnalysisDefinition', spec: { objectives, totalScore } });
const objective = (target: object, rest: object = {}) => ({ analysisValueTemplateRef: { name: 'rt', namespace: 'ns' }, target, ...rest });
const sli = (value: number, metric = 'rt') => ({ metric, value, success: true });

test.each([
  ['lessThan', { fixedValue: '15' }, 10, true],
  ['lessThan', { fixedValue: '15' }, 16, false],
  ['lessThanOrEqual', { fixedValue: 15 }, 15, true],
  ['lessThanOrEqual', { fixedValue: 15 }, 16, false],
  ['equalTo', { fixedValue: 15 }, 16, false],
  ['equalTo', { fixedValue: 15 }, 15, true],
  ['greaterThan', { fixedValue: 15 }, 16, true],
  ['greaterThan', { fixedValue: 15 }, 10, false],
  ['greaterThanOrEqual', { fixedValue: 15 }, 15, true],
  ['greaterThanOrEqual', { fixedValue: 15 }, 10, false],
  ['inRange', { lowBound: 15, highBound: 25 }, 20, true],
  ['inRange', { lowBound: 15, highBound: 25 }, 30, false],
  ['inRange', { lowBound: 15, highBound: 25 }, 25, true],
  ['notInRange', { lowBound: 15, highBound: 25 }, 30, true],
  ['notInRange', { lowBound: 15, highBound: 25 }, 20, false],
  ['lessThan', { fixedValue: '3m' }, 0.002, true],
  ['greaterThan', { fixedValue: '2Ki' }, 2049, true],
])('a failure target %s %j fails %f: %s', (operator, bound, value, fails) => {
  const { objectives } = keptn.evaluateAnalysis({
    definition: definition([objective({ failure: { [operator]: bound } })]),
    slis: [sli(value)],
  });
  expect(objectives[0]?.status === 'fail').toBe(fails);
});

test.each([
  [10, 'fail', 0],
  [17, 'warning', 50],
  [27, 'pass', 100],
])('failure below 15, warning below 20: %f is a %s with a score of %d', (value, status, score) => {
  const target = { failure: { lessThan: { fixedValue: 15 } }, warning: { lessThan: { fixedValue: 20 } } };
  const result = keptn.evaluateAnalysis({ definition: definition([objective(target, { weight: 10 })]), slis: [sli(value)] });
  expect(result).toMatchObject({ result: status, score, objectives: [{ status, score: score / 10 }] });
});

test('a key objective that fails outweighs 10 of 11 points', () => {
  const target = { failure: { lessThan: { fixedValue: 15 } } };
  const other = { analysisValueTemplateRef: { name: 'other' }, target, weight: 10 };
  const given = definition([other, objective(target, { weight: 1, keyObjective: true })]);
  expect(keptn.evaluateAnalysis({ definition: given, slis: [sli(10), sli(20, 'other')] })).toMatchObject({
    result: 'fail',
    score: 1000 / 11,
    message: 'the key objective rt failed',
  });
});

test('57 of 100 points are less than 57 %, as the operator rounds', () => {
  const target = { failure: { lessThan: { fixedValue: 15 } } };
  const failing = { analysisValueTemplateRef: { name: 'other' }, target, weight: 43 };
  const given = definition([objective(target, { weight: 57 }), failing], { passPercentage: 57, warningPercentage: 50 });
  expect(keptn.evaluateAnalysis({ definition: given, slis: [sli(20), sli(1, 'other')] }).result).toBe('warning');
});

test('a key objective without weight fails the whole even where it passes, as in the operator', () => {
  const target = { failure: { lessThan: { fixedValue: 15 } } };
  const other = { analysisValueTemplateRef: { name: 'other' }, target };
  const given = definition([other, objective(target, { weight: 0, keyObjective: true })]);
  expect(keptn.evaluateAnalysis({ definition: given, slis: [sli(20), sli(20, 'other')] }).result).toBe('fail');
});

test('an indicator may carry its namespace, and a missing one fails', () => {
  const given = definition([objective({ failure: { greaterThan: { fixedValue: 5 } } })]);
  expect(keptn.evaluateAnalysis({ definition: given, slis: [sli(1, 'rt-ns')] }).result).toBe('pass');
  expect(keptn.evaluateAnalysis({ definition: given, slis: [sli(1, 'rt-other')] }).result).toBe('fail');
});

test('an objective without a target passes whatever is read, and is named', () => {
  const outcome = keptn.evaluateAnalysis({ definition: definition([objective({})]), slis: [sli(1)] });
  expect(outcome).toMatchObject({ result: 'pass', warnings: [expect.stringContaining('rt has no failure target') as string] });
});

test.each([
  [
    'two operators',
    [objective({ failure: { lessThan: { fixedValue: 1 }, equalTo: { fixedValue: 1 } } })],
    undefined,
    'exactly one operator',
  ],
  ['no operator', [objective({ failure: {} })], undefined, 'exactly one operator'],
  ['an unknown operator', [objective({ failure: { above: { fixedValue: 1 } } })], undefined, 'above'],
  ['a range upside down', [objective({ failure: { inRange: { lowBound: 2, highBound: 1 } } })], undefined, 'lowBound must be below'],
  ['no quantity', [objective({ failure: { lessThan: { fixedValue: 'soon' } } })], undefined, 'no Kubernetes quantity'],
  ['a warning above the pass', [], { passPercentage: 50, warningPercentage: 50 }, 'warningPercentage must be below'],
])('a definition with %s is refused in one sentence', (_, objectives, totalScore, message) => {
  expect(() => definition(objectives, totalScore)).toThrow(
    expect.objectContaining({ code: 'POLICY_INVALID', message: expect.stringContaining(message) as string }),
  );
});
