import { expect, test } from 'vitest';
import { keptn } from '../../../src/gates/public.js';

const policy = {
  objectives: [
    { sli: 'rt', pass: [{ criteria: ['<=+10%', '<600'] }, { criteria: ['<200'] }], warning: [{ criteria: ['<=800'] }] },
    { sli: 'errors', pass: [{ criteria: ['=0'] }], weight: 2 },
    { sli: 'visits' },
  ],
  total_score: { pass: '90%', warning: '75%' },
};
const data = (rt: number | null, errors = 0) => ({
  slis: [
    { metric: 'rt', value: rt, success: true },
    { metric: 'errors', value: errors, success: true },
    { metric: 'visits', value: 7, success: true },
  ],
  previousEvaluations: [{ result: 'pass', slis: [{ metric: 'rt', value: 400, success: true }] }],
});

test('a failing objective names the nearest limit, the distance to it, and what would change it', () => {
  expect(keptn.judge({ policy, data: data(450) }).explain[0]).toEqual({
    name: 'rt',
    outcome: 'warning',
    rule: '<=+10% and <600, or <200',
    value: 450,
    target: 440,
    margin: -10,
    baseline: 400,
    samples: null,
    reason: '450 is 10 above 440, the limit of "<=+10%", which earns half its weight',
    wouldChange: 'a value up to 440',
  });
});

test('a passing objective names the limit that it would meet first', () => {
  expect(keptn.judge({ policy, data: data(430) }).explain[0]).toMatchObject({
    outcome: 'pass',
    margin: 10,
    wouldChange: 'a value above 440',
  });
});

test('an objective without a value asks for one, one without criteria only informs', () => {
  const { explain } = keptn.judge({ policy, data: data(null) });
  expect(explain[0]).toMatchObject({ outcome: 'fail', value: null, reason: 'no value could be read' });
  expect(explain[2]).toMatchObject({ outcome: 'info', reason: '7 is only shown: there is no pass criterion' });
});

test('a rule that held without history was compared with nothing', () => {
  const relative = { objectives: [{ sli: 'rt', pass: [{ criteria: ['<=+10%'] }] }], total_score: { pass: 90 } };
  const { explain, warnings } = keptn.judge({ policy: relative, data: { slis: [{ metric: 'rt', value: 5, success: true }] } });
  expect(explain[0]).toMatchObject({ reason: '5 was compared with nothing', wouldChange: 'an earlier evaluation to compare with' });
  expect(warnings).toHaveLength(1);
});

test('an AnalysisDefinition is explained by the opposite of its failure and warning targets', () => {
  const target = { failure: { greaterThan: { fixedValue: 600 } }, warning: { inRange: { lowBound: 300, highBound: 500 } } };
  const objectives = [{ analysisValueTemplateRef: { name: 'rt' }, target }];
  const given = { kind: 'AnalysisDefinition', spec: { objectives, totalScore: { passPercentage: 90, warningPercentage: 75 } } };
  const { result, explain } = keptn.judge({ policy: given, data: { slis: [{ metric: 'rt', value: 700, success: true }] } });
  expect(result).toBe('fail');
  expect(explain[0]).toMatchObject({ rule: '<=600 and outside 300 to 500', target: 600, margin: -100, wouldChange: 'a value up to 600' });
});

test.each([
  ['a value in words', { slis: [{ metric: 'rt', value: '12 ms', success: true }] }, 'slis.0.value: must be a number'],
  ['no list', { slis: 'none' }, 'slis'],
  ['nothing', null, 'Failed to read the indicators'],
])('data with %s is refused in one sentence', (_, given, message) => {
  expect(() => keptn.judge({ policy, data: given })).toThrow(
    expect.objectContaining({ code: 'SAMPLES_INVALID', message: expect.stringContaining(message) as string }),
  );
});
