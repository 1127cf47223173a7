import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keptn } from '../../../src/gates/public.js';

/** Rows that name `lighthouse-service` restate the published test tables of Keptn v1: event_handler/evaluate_sli_handler_test.go. */
const totalScore = { pass: '90%', warning: '75%' };
const comparison = {
  compareWith: 'several_results',
  includeResultWithScore: 'pass',
  numberOfComparisonResults: 2,
  aggregateFunction: 'avg',
};
const objective = { sli: 'rt', pass: [['<=15.0'], ['<=+10%']], warning: [['<=20.0'], ['<=+15%']], weight: 1, keySli: false };
const sli = (value: number, metric = 'rt') => ({ metric, value, success: true });
const earlier = (...values: number[]) => values.map((value) => ({ result: 'pass', score: 100, slis: [sli(value)] }));
const one = (given: Partial<typeof objective>, value: number, history: number[] = [10, 10]) =>
  keptn.evaluate({
    slo: { comparison, totalScore, objectives: [{ ...objective, warning: [], ...given }] },
    slis: [sli(value)],
    previousEvaluations: earlier(...history),
  });

test('lighthouse-service, simple comparison: the baseline is 10, both alternatives hold', () => {
  const slo = { comparison, totalScore, objectives: [objective] };
  expect(keptn.evaluate({ slo, slis: [sli(10)], previousEvaluations: earlier(10) })).toEqual({
    result: 'pass',
    score: 100,
    objectives: [
      {
        sli: 'rt',
        status: 'pass',
        score: 1,
        keySli: false,
        passTargets: [
          { criteria: '<=15.0', targetValue: 15, violated: false },
          { criteria: '<=+10%', targetValue: 11, violated: false },
        ],
        warningTargets: [
          { criteria: '<=20.0', targetValue: 20, violated: false },
          { criteria: '<=+15%', targetValue: 11.5, violated: false },
        ],
      },
    ],
    message: 'the score 100 reaches 90',
    warnings: [],
  });
});

test('lighthouse-service, expect warning: 16 violates both pass criteria and one warning criterion, and earns half', () => {
  const slo = { comparison, totalScore, objectives: [objective] };
  const { objectives, score, result } = keptn.evaluate({ slo, slis: [sli(16)], previousEvaluations: earlier(10) });
  expect(objectives[0]).toMatchObject({ status: 'warning', score: 0.5 });
  expect(objectives[0]?.passTargets.map(({ violated }) => violated)).toEqual([true, true]);
  expect(objectives[0]?.warningTargets.map(({ violated }) => violated)).toEqual([false, true]);
  expect({ score, result }).toEqual({ score: 50, result: 'fail' });
});

test.each([
  ['without pass criteria', undefined],
  ['with an empty list of them (bug 2231)', []],
])('lighthouse-service: an objective %s informs and earns nothing', (_, pass) => {
  const info = pass === undefined ? { sli: 'log', weight: 1 } : { sli: 'log', weight: 1, pass };
  const slo = { comparison, totalScore, objectives: [objective, info] };
  const { result, score, objectives } = keptn.evaluate({ slo, slis: [sli(10), sli(30, 'log')], previousEvaluations: earlier(10) });
  expect({ result, score }).toEqual({ result: 'pass', score: 100 });
  expect(objectives[1]).toEqual({ sli: 'log', status: 'info', score: 0, keySli: false, passTargets: [], warningTargets: [] });
});

test('lighthouse-service, bug 1125: the relative half of a criterion without history holds, the fixed half fails it', () => {
  const { objectives, result } = one({ pass: [['<=+20%', '<500']] }, 1011.07, []);
  expect(result).toBe('fail');
  expect(objectives[0]?.passTargets).toEqual([
    { criteria: '<=+20%', targetValue: 0, violated: false },
    { criteria: '<500', targetValue: 500, violated: true },
  ]);
});

test('lighthouse-service, bug 1263: an earlier value that could not be read is no history, and the rule passes with a warning', () => {
  const previousEvaluations = [{ result: 'pass', score: 0, slis: [{ metric: 'rt', value: 0, success: false }] }];
  const slo = { comparison, totalScore, objectives: [{ sli: 'rt', pass: [['<=+20%']] }] };
  expect(keptn.evaluate({ slo, slis: [sli(100)], previousEvaluations })).toMatchObject({
    result: 'pass',
    score: 100,
    objectives: [{ status: 'pass', passTargets: [{ criteria: '<=+20%', targetValue: 0, violated: false }] }],
    warnings: ['rt: "<=+20%" held only because there is no earlier evaluation to compare with.'],
  });
});

test.each([
  ['issue 6096, no value', []],
  ['success = false', [{ metric: 'rt', value: 0, success: false }]],
])('lighthouse-service, %s: the objective fails and shows the baseline as its relative target', (_, slis) => {
  const slo = { comparison, totalScore, objectives: [objective] };
  expect(keptn.evaluate({ slo, slis, previousEvaluations: earlier(10) }).objectives).toEqual([
    {
      sli: 'rt',
      status: 'fail',
      score: 0,
      keySli: false,
      passTargets: [
        { criteria: '<=15.0', targetValue: 15, violated: true },
        { criteria: '<=+10%', targetValue: 10, violated: true },
      ],
      warningTargets: [
        { criteria: '<=20.0', targetValue: 20, violated: true },
        { criteria: '<=+15%', targetValue: 10, violated: true },
      ],
    },
  ]);
});

test('lighthouse-service, issue 6096: an indicator that nobody judges is named', () => {
  const slo = { comparison, totalScore, objectives: [{ ...objective, sli: 'other' }] };
  expect(keptn.evaluate({ slo, slis: [sli(10)] }).warnings).toContain('No objective judges rt.');
});

test('lighthouse-service, issue 9198: a file without objectives fails', () => {
  expect(keptn.evaluate({ slo: { comparison, totalScore, objectives: [] }, slis: [sli(0)] })).toMatchObject({ result: 'fail', score: 0 });
});

test.each([
  ['<=+10%', 10, 'avg', [10, 10], true],
  ['<=+10%', 11.01, 'avg', [10, 10], false],
  ['<+0%', 10, 'avg', [10, 10], false],
  ['>+0%', 10, 'avg', [10, 10], false],
  ['=+1', 11, 'avg', [10, 10], true],
  ['=-1', 9, 'avg', [10, 10], true],
  ['>=-10%', 10, 'p50', [10, 10], true],
  ['<=10%', 11, 'avg', [10, 10], true],
  ['  <=+10   %', 11, 'avg', [10, 10], true],
  ['<=+0', 10, 'avg', [5, 15], true],
  ['>9', 10, 'avg', [], true],
  ['=9.0', 10, 'avg', [], false],
  ['<=--1', 11, 'avg', [10, 10], true],
  ['<=+-5', 5, 'avg', [10, 10], true],
  ['<=+-5', 6, 'avg', [10, 10], false],
  ['<NaN', 1, 'avg', [], false],
] as const)(
  'lighthouse-service, comparisons: "%s" of %f against the %s of %j holds: %s',
  (criterion, value, aggregateFunction, history, holds) => {
    const slo = { comparison: { ...comparison, aggregateFunction }, totalScore, objectives: [{ sli: 'rt', pass: [[criterion]] }] };
    const { result } = keptn.evaluate({ slo, slis: [sli(value)], previousEvaluations: earlier(...history) });
    expect(result === 'pass').toBe(holds);
  },
);

test.each([
  ['p50', 5],
  ['p90', 9.8],
  ['p95', 10],
])('lighthouse-service, percentiles: the %s of 0 to 10 is %f', (aggregateFunction, expected) => {
  const history = [7, 0, 1, 10, 3, 4, 5, 9, 6, 2, 8];
  const slo = {
    comparison: { ...comparison, aggregateFunction, numberOfComparisonResults: 11 },
    totalScore,
    objectives: [{ sli: 'rt', pass: [['<=+0']] }],
  };
  const { objectives } = keptn.evaluate({ slo, slis: [sli(1)], previousEvaluations: earlier(...history) });
  expect(objectives[0]?.passTargets[0]?.targetValue).toBe(expected);
});

test.each([
  ['all pass', [10, 10], false, 'pass', 100],
  ['the key one fails', [10, 99], true, 'fail', 50],
  ['one of two warns: 75 is still a warning', [10, 16], false, 'warning', 75],
  ['one of two fails: 50 is below both', [10, 99], false, 'fail', 50],
] as const)('lighthouse-service, scores: %s', (_, values, keySli, result, score) => {
  const slo = { comparison, totalScore, objectives: [objective, { ...objective, sli: 'second', keySli }] };
  const slis = [sli(values[0]), sli(values[1], 'second')];
  const previousEvaluations = [{ result: 'pass', slis: [sli(10), sli(10, 'second')] }];
  expect(keptn.evaluate({ slo, slis, previousEvaluations })).toMatchObject({ result, score });
});

test('lighthouse-service, scores: only informing objectives pass with 100, and we say that nothing was judged', () => {
  const outcome = keptn.evaluate({ slo: { comparison, totalScore, objectives: [{ sli: 'rt' }] }, slis: [sli(10)] });
  expect(outcome).toMatchObject({ result: 'pass', score: 100, message: 'nothing was judged' });
  expect(outcome.warnings).toEqual(['No objective has pass criteria: this file passes whatever is measured.']);
});

test.each(['?10', '<', '10', '<=+-x', '<ten', '<1e999', '=>5', '<=+++5'])(
  'a pass criterion that is none ("%s") fails the whole and is quoted',
  (criterion) => {
    const { result, score, objectives, message } = one({ pass: [[criterion]] }, 10);
    expect({ result, score, objectives }).toEqual({ result: 'fail', score: 0, objectives: [] });
    expect(message).toContain(`error with rt: "${criterion}"`);
  },
);

test('a warning criterion that is none is ignored as in Keptn, and we say so', () => {
  expect(one({ warning: [['soon']] }, 99)).toMatchObject({
    result: 'fail',
    objectives: [{ status: 'fail', warningTargets: [] }],
    warnings: [expect.stringContaining('Keptn ignores the warning criteria of rt') as string],
  });
});

test.each(['pass', 'pass_or_warn', 'all'] as const)(
  'include_result_with_score %s chooses the earlier evaluations, newest first',
  (include) => {
    const previousEvaluations = (['fail', 'warning', 'pass'] as const).map((result, index) => ({
      result,
      slis: [sli([1, 2, 3][index] ?? 0)],
    }));
    const slo = {
      comparison: { ...comparison, compareWith: 'single_result', includeResultWithScore: include },
      totalScore,
      objectives: [{ sli: 'rt', pass: [['<=+0']] }],
    };
    const { objectives, warnings } = keptn.evaluate({ slo, slis: [sli(0)], previousEvaluations });
    expect(objectives[0]?.passTargets[0]?.targetValue).toBe({ pass: 3, pass_or_warn: 2, all: 1 }[include]);
    expect(warnings.some((warning) => warning.includes('a release that failed'))).toBe(include === 'all');
  },
);

test('a file without total_score fails every evaluation, as in Keptn, and the warning says why', () => {
  const outcome = keptn.evaluate({ slo: keptn.parseSlo('objectives: [{ sli: rt, pass: [{ criteria: ["<15"] }] }]'), slis: [sli(10)] });
  expect(outcome).toMatchObject({ result: 'fail', score: 0, message: 'no target score defined' });
  expect(outcome.warnings[0]).toContain('total_score.pass is missing');
});

test.each([
  ['90 %', '75%', 'could not parse pass target percentage'],
  ['90%', 'high', 'could not parse warning target percentage'],
  ['', '', 'no target score defined'],
])('total_score of "%s" and "%s" fails every evaluation: %s', (pass, warning, message) => {
  const slo = { totalScore: { pass, warning }, objectives: [{ sli: 'rt', pass: [['<15']] }] };
  expect(keptn.evaluate({ slo, slis: [sli(10)] })).toMatchObject({ result: 'fail', score: 0, message });
});

test.each([
  [NaN, '<=15', 'fail'],
  [Infinity, '<=15', 'fail'],
  [-Infinity, '<=15', 'pass'],
  [Infinity, '>=15', 'pass'],
])('a value of %f against "%s" is a %s', (value, criterion, result) => {
  expect(one({ pass: [[criterion]] }, value).result).toBe(result);
});

test('a second objective on the same indicator finds it used up, as in Keptn', () => {
  const slo = { comparison, totalScore, objectives: [objective, objective] };
  const { objectives } = keptn.evaluate({ slo, slis: [sli(10)], previousEvaluations: earlier(10) });
  expect(objectives.map(({ status }) => status)).toEqual(['pass', 'fail']);
});

const value = fc.double({ min: 0, max: 50, noNaN: true });

test('a smaller latency never gives a worse result', () => {
  const rank = { pass: 2, warning: 1, fail: 0 };
  fc.assert(
    fc.property(value, value, fc.array(value, { maxLength: 4 }), (a, b, history) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)].map((measured) => one({ warning: [['<=20'], ['<=+15%']] }, measured, history));
      return rank[low?.result ?? 'fail'] >= rank[high?.result ?? 'fail'];
    }),
  );
});

test('the order of objectives and indicators changes neither result nor score', () => {
  const rows = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), value, fc.boolean(), fc.integer({ min: 1, max: 5 })), {
    selector: ([name]) => name,
    minLength: 1,
  });
  fc.assert(
    fc.property(rows, (given) => {
      const judge = (list: typeof given) =>
        keptn.evaluate({
          slo: { totalScore, objectives: list.map(([name, , keySli, weight]) => ({ ...objective, sli: name, keySli, weight })) },
          slis: list.map(([name, measured]) => sli(measured, name)).reverse(),
        });
      const [forth, back] = [judge(given), judge([...given].reverse())];
      expect(back.result).toBe(forth.result);
      expect(back.score).toBeCloseTo(forth.score, 9);
    }),
  );
});
