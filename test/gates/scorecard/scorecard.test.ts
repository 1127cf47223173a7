import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scorecard } from '../../../src/gates/public.js';

type Card = Parameters<typeof scorecard.judge>[0]['card'];
const latency = { name: 'latency', pass: [['<=+10%', '<600']], warning: [['<=800']] };
const passed = (id: string, value: number, outcome = 'passed') => ({ id, outcome, values: [{ name: 'latency', value }] });
const judge = (value: number | null, history: ReturnType<typeof passed>[] = [], card: Partial<Card> = {}, samples?: number) =>
  scorecard.judge({
    card: { objectives: [latency], ...card },
    values: [{ name: 'latency', value, ...(samples !== undefined && { samples }) }],
    history,
  });

test.each([
  ['within both', 430, [passed('v1', 400)], 'passed', 440, 10],
  ['outside the relative one', 450, [passed('v1', 400)], 'warning', 440, -10],
  ['outside everything', 900, [passed('v1', 400)], 'failed', 440, -460],
] as const)('a value %s is %s and names the limit and the margin', (_, value, history, outcome, target, margin) => {
  expect(judge(value, [...history]).objectives[0]).toMatchObject({ outcome, value, target, margin, baseline: 400 });
});

test('a relative rule without history is inconclusive and says so: Keptn passes it', () => {
  const result = judge(430);
  expect(result).toMatchObject({ outcome: 'inconclusive', score: 0, scoreAtBest: 100 });
  expect(result.objectives[0]).toMatchObject({
    outcome: 'inconclusive',
    reason: '"<=+10% and <600" is relative, and no earlier release that passed has a value of it',
    wouldChange: 'a release that passed, or a pinned one, to compare with',
  });
});

test.each([
  ['a fixed condition that fails decides without history', [['<=+10%', '<600']], 700, 'failed'],
  ['a fixed alternative that holds decides without history', [['<=+10%'], ['<800']], 700, 'passed'],
])('%s', (_, pass, value, outcome) => {
  expect(judge(value, [], { objectives: [{ name: 'latency', pass }] }).outcome).toBe(outcome);
});

test.each([
  ['releases that failed or only warned are no baseline', {}, 'inconclusive', null],
  ['a pinned release is, whatever became of it', { baseline: { release: 'v1' } }, 'passed', 400],
  ['a pinned release that is not there is none', { baseline: { release: 'v9' } }, 'inconclusive', null],
])('%s', (_, card, outcome, baseline) => {
  const result = judge(430, [passed('v2', 100, 'warning'), passed('v1', 400, 'failed')], card);
  expect(result.outcome).toBe(outcome);
  expect(result.objectives[0]?.baseline).toBe(baseline);
});

test('the baseline is the median of the newest releases that passed', () => {
  const history = [passed('v5', 500), passed('v4', 1, 'failed'), passed('v3', 300), passed('v2', 400), passed('v1', 9_000)];
  expect(judge(410, history).objectives[0]?.baseline).toBe(400);
  expect(judge(410, history, { baseline: { last: 1 } }).objectives[0]?.baseline).toBe(500);
});

test.each([null, NaN])('a value of %s is inconclusive, never a pass', (value) => {
  expect(judge(value, [passed('v1', 400)])).toMatchObject({ outcome: 'inconclusive', objectives: [{ reason: 'it has no value' }] });
});

test('an infinite value is judged', () => {
  expect(judge(Infinity, [passed('v1', 400)]).outcome).toBe('failed');
});

test.each([
  [undefined, 'none known of the 30 samples wanted', '30 more samples'],
  [12, '12 of the 30 samples wanted', '18 more samples'],
])('too few samples (%s) decide nothing, and say how many are missing', (samples, reason, wouldChange) => {
  const objectives = [{ name: 'latency', pass: [['<600']], minSamples: 30 }];
  expect(judge(1, [], { objectives }, samples).objectives[0]).toMatchObject({ outcome: 'inconclusive', reason, wouldChange });
  expect(judge(1, [], { objectives }, 30).outcome).toBe('passed');
});

test('a failed objective says what would be a warning, and what would pass', () => {
  expect(judge(900, [passed('v1', 400)]).objectives[0]?.wouldChange).toBe('a value up to 800 for a warning, a value up to 440 to pass');
});

test('a warning rule without history is named as what is missing', () => {
  const objectives = [{ name: 'latency', pass: [['<600']], warning: [['<=+100%']] }];
  expect(judge(700, [], { objectives }).objectives[0]).toMatchObject({
    outcome: 'inconclusive',
    reason: '"<=+100%" is relative, and no earlier release that passed has a value of it',
  });
});

test('the limit of a pass is that of an alternative that holds, not of one that is half known', () => {
  const objectives = [{ name: 'latency', pass: [['<=+10%', '<900'], ['<800']] }];
  expect(judge(700, [], { objectives }).objectives[0]).toMatchObject({ outcome: 'passed', target: 800, margin: 100 });
});

test('an objective without a weight is only shown, and decides nothing when it was not measured', () => {
  const objectives = [
    { name: 'latency', pass: [['<600']] },
    { name: 'shown', pass: [['<1']], weight: 0 },
  ];
  expect(judge(1, [], { objectives }).outcome).toBe('passed');
  expect(judge(1, [], { objectives: objectives.map((one) => ({ ...one, key: true })) }).outcome).toBe('inconclusive');
});

test('a score that is exactly the limit reaches it, whatever the weights add up to', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
  const objectives = names.map((name) => ({ name, pass: [['<1']], weight: 0.1 }));
  const values = names.map((name) => ({ name, value: name === 'j' ? 1 : 0 }));
  expect(scorecard.judge({ card: { objectives }, values })).toMatchObject({ outcome: 'passed' });
});

const values = (given: Record<string, number | null>) => Object.entries(given).map(([name, value]) => ({ name, value }));
const objectives = [
  { name: 'a', pass: [['<10']], warning: [['<20']], weight: 3 },
  { name: 'b', pass: [['<10']], key: true },
  { name: 'shown' },
];
test.each([
  [{ a: 1, b: 1, shown: 5 }, 'passed', 100],
  [{ a: 15, b: 1, shown: 5 }, 'failed', 62.5],
  [{ a: 1, b: 15, shown: 5 }, 'failed', 75],
  [{ a: 1, b: null, shown: 5 }, 'inconclusive', 75],
  [{ a: 50, b: null, shown: 5 }, 'failed', 0],
])('%j is %s with a score of %d', (given, outcome, score) => {
  expect(scorecard.judge({ card: { objectives }, values: values(given) })).toMatchObject({ outcome, score });
});

test('a percentage is of the size of a negative baseline', () => {
  const card = { objectives: [{ name: 'latency', pass: [['<=+10%']] }] };
  expect(judge(-19, [passed('v1', -20)], card)).toMatchObject({ outcome: 'passed', objectives: [{ target: -18 }] });
});

test.each([
  ['no objective', { objectives: [] }, 'objectives'],
  ['a criterion that is none', { objectives: [{ name: 'a', pass: [['fast']] }] }, '"fast" does not begin with'],
  ['a warning above the pass', { objectives: [{ name: 'a' }], score: { passPercent: 50, warningPercent: 60 } }, 'warningPercent'],
])('a card with %s is refused in one sentence', (_, card, message) => {
  expect(() => scorecard.judge({ card, values: [] })).toThrow(
    expect.objectContaining({ code: 'POLICY_INVALID', message: expect.stringContaining(message) as string }),
  );
});

const rank = { failed: 0, inconclusive: 1, warning: 2, passed: 3 };
const rows = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    value: fc.option(fc.integer({ min: 0, max: 30 }), { nil: null }),
    key: fc.boolean(),
    weight: fc.integer({ min: 0, max: 4 }),
  }),
  { selector: ({ name }) => name, minLength: 1 },
);
type Row = { name: string; value: number | null; key: boolean; weight: number };
const judgeRows = (given: readonly Row[]) =>
  scorecard.judge({
    card: { objectives: given.map(({ name, key, weight }) => ({ name, key, weight, pass: [['<10']], warning: [['<20']] })) },
    values: given.map(({ name, value }) => ({ name, value })),
  });

test('the order of objectives does not change the verdict', () => {
  fc.assert(
    fc.property(rows, (given) => {
      const [forth, back] = [judgeRows(given), judgeRows([...given].reverse())];
      expect(back.outcome).toBe(forth.outcome);
      expect(back.score).toBeCloseTo(forth.score, 9);
    }),
  );
});

test('a larger latency never gives a better verdict', () => {
  fc.assert(
    fc.property(rows, fc.nat(), fc.nat({ max: 30 }), (given, at, more) => {
      const worse = given.map((row, index) =>
        index === at % given.length && row.value !== null ? { ...row, value: row.value + more } : row,
      );
      expect(rank[judgeRows(worse).outcome]).toBeLessThanOrEqual(rank[judgeRows(given).outcome]);
    }),
  );
});

test('a card with a weighted objective that was not measured never passes', () => {
  fc.assert(
    fc.property(rows, (given) => {
      fc.pre(given.some(({ value, weight }) => value === null && weight > 0));
      return !['passed', 'warning'].includes(judgeRows(given).outcome);
    }),
  );
});
