import { describe, expect, test } from 'vitest';
import { rankTest } from '../../../src/gates/canary/mann-whitney.js';
import { normalQuantile } from '../../../src/gates/canary/normal.js';
import { levelOfLook } from '../../../src/gates/canary/sequential.js';
import { explainCanary, judgeCanary } from '../../../src/gates/public.js';

/** Latencies as they spread in practice: lognormal around 100 ms, sigma 0.5; `worse` is the factor, `moved` makes another sample of it. */
const latencies = (points: number, worse = 1, moved = 0): number[] =>
  Array.from({ length: points }, (_, at) => 100 * worse * Math.exp(0.5 * normalQuantile((at + 0.5 + moved) / points)));

type Metric = Parameters<typeof judgeCanary>[0]['metrics'][number];
const latency = (points: number, worse: number, rule: object = {}): Metric => ({
  name: 'latency',
  direction: 'increase',
  control: latencies(points),
  experiment: latencies(points, worse, 0.2),
  ...rule,
});
const errors = (control: [number, number], experiment: [number, number], rule: object = {}): Metric => ({
  name: 'errors',
  control: { events: control[0], total: control[1] },
  experiment: { events: experiment[0], total: experiment[1] },
  ...rule,
});
const one = (metric: Metric, more: object = {}) => {
  const verdict = judgeCanary({ metrics: [metric], ...more });
  const [only] = verdict.metrics;
  return { ...(only ?? expect.fail('one metric, one verdict')), words: explainCanary(verdict) };
};

describe('values', () => {
  test.each([
    { points: 1_000, worse: 1, outcome: 'passed' },
    { points: 1_000, worse: 1.05, outcome: 'warning' },
    { points: 1_000, worse: 1.1, outcome: 'inconclusive' },
    { points: 60, worse: 1, outcome: 'inconclusive' },
    { points: 60, worse: 1.5, outcome: 'failed' },
    { points: 20, worse: 2, outcome: 'failed' },
    { points: 9, worse: 20, outcome: 'inconclusive' },
  ])('$points samples a side, $worse times the baseline: $outcome', ({ points, worse, outcome }) => {
    expect(one(latency(points, worse)).outcome).toBe(outcome);
  });

  test('a verdict carries its rule, value, target, margin, baseline, sizes, power and what would change it', () => {
    const verdict = one(latency(200, 1.5));
    expect(verdict).toMatchObject({
      outcome: 'failed',
      unit: 'relative',
      baseline: { samples: 200, missing: 0 },
      canary: { samples: 200 },
    });
    expect(verdict.value).toBeCloseTo(0.5, 1);
    expect(verdict.target).toBeCloseTo(0.1, 10);
    expect(verdict.margin).toBeCloseTo((verdict.target ?? 0) - (verdict.value ?? 0), 10);
    expect(verdict.rule).toBe(
      'at most 10 % higher than the baseline, from 10 samples a side; Mann-Whitney (normal approximation, ties corrected), by ratio',
    );
    expect(verdict.power).toMatchObject({ wanted: 0.8, detect: 0.2 });
    expect(verdict.wouldChange).toMatch(/^a canary better by \d+(\.\d+)? %, or a tolerance larger by as much$/);
    for (const part of ['latency failed', 'Rule:', 'Samples: 200', 'Power:', 'What would change it:'])
      expect(verdict.words).toContain(part);
  });

  test('the power told is the power had: what is detectable with 80 % is detected in four of five', () => {
    const size = one(latency(100, 1)).power?.smallestDetectable ?? NaN;
    let [failed, state] = [0, 7];
    const uniform = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const draw = (factor: number) =>
      Array.from({ length: 100 }, () => factor * Math.exp(0.5 * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())));
    for (let run = 0; run < 400; run += 1) {
      const { outcome } = one({ name: 'latency', direction: 'increase', control: draw(1), experiment: draw(1 + size) });
      if (outcome === 'failed') failed += 1;
    }
    expect(Math.abs(failed / 400 - 0.8)).toBeLessThan(0.08); // four deviations
  });

  test.each([
    { direction: 'increase', worse: 0.5, outcome: 'passed' },
    { direction: 'decrease', worse: 0.5, outcome: 'failed' },
    { direction: 'either', worse: 0.5, outcome: 'failed' },
    { direction: 'decrease', worse: 2, outcome: 'passed' },
    { direction: 'either', worse: 2, outcome: 'failed' },
    { direction: 'either', worse: 1, outcome: 'passed' },
  ])('$worse times the baseline where $direction is harm: $outcome', ({ direction, worse, outcome }) => {
    expect(one(latency(1_000, worse, { direction })).outcome).toBe(outcome);
  });

  test('values that may be 0 or negative are compared by difference', () => {
    const centred = (worse: number) => latencies(500, 1, worse > 0 ? 0.2 : 0).map((value) => value - 90 + worse);
    const verdict = one({
      name: 'lag',
      direction: 'increase',
      tolerance: 0,
      absoluteTolerance: 20,
      control: centred(0),
      experiment: centred(60),
    });
    expect(verdict).toMatchObject({ outcome: 'failed', unit: 'absolute', target: 20 });
    expect(verdict.value).toBeCloseTo(60, 0);
    expect(verdict.rule).toContain('by difference');
  });

  test('a baseline of zeros leaves a relative tolerance no size, which is said', () => {
    const zeros = Array<number>(50).fill(0);
    const verdict = one({ name: 'queue', control: zeros, experiment: zeros });
    expect(verdict.outcome).toBe('inconclusive');
    expect(verdict.words).toContain('a baseline of 0 leaves a relative tolerance no size; set absoluteTolerance');
    expect(one({ name: 'queue', control: zeros, experiment: zeros, absoluteTolerance: 1 }).outcome).toBe('passed');
    expect(one({ name: 'queue', control: zeros, experiment: Array<number>(50).fill(9), absoluteTolerance: 1 }).outcome).toBe('failed');
  });

  test.each([
    { strategy: 'keep', outcome: 'passed', outliers: 0 },
    { strategy: 'clamp', outcome: 'passed', outliers: 1 },
    { strategy: 'remove', outcome: 'passed', outliers: 1 },
  ])('one freak value, to $strategy: $outcome', ({ strategy, outcome, outliers }) => {
    const verdict = one(latency(1_000, 1, { experiment: [...latencies(1_000, 1, 0.2).slice(0, 999), 1e9], outliers: strategy }));
    expect(verdict.outcome).toBe(outcome);
    if (strategy !== 'keep') expect(verdict.canary?.outliers).toBeGreaterThanOrEqual(outliers);
  });

  test.each(['clamp', 'remove'])('outliers that only the canary has are harm, which %s does not hide', (outliers) => {
    const stalled = latencies(200).map((value, at) => (at % 3 === 0 ? value * 50 : value));
    const verdict = one(latency(200, 1, { experiment: stalled, outliers }));
    expect(verdict.outcome).toBe('failed');
    expect(verdict.notes).toEqual([expect.stringContaining('outliers were kept')]);
  });

  test.each([
    { tolerance: 2, worse: 2.5, outcome: 'passed' },
    { tolerance: 2, worse: 4, outcome: 'failed' },
  ])('three times the baseline may be tolerated: $worse times it is $outcome', ({ tolerance, worse, outcome }) => {
    expect(['passed', 'warning'].includes(one(latency(1_000, worse, { tolerance })).outcome)).toBe(outcome === 'passed');
  });

  test('missing values are dropped and counted, or taken for zeros', () => {
    const gaps = [...latencies(300), ...Array<null>(300).fill(null), NaN];
    expect(one(latency(300, 1, { experiment: gaps })).canary).toMatchObject({ samples: 300, missing: 301 });
    expect(one(latency(300, 1, { experiment: gaps, missing: 'zero', direction: 'decrease' })).outcome).toBe('failed');
  });

  test('a million samples a side are judged', () => {
    const side = (factor: number) => Float64Array.from({ length: 1_000_000 }, (_, at) => factor * (100 + ((at * 7_919) % 1_009)));
    expect(one({ name: 'latency', control: side(1), experiment: side(1.3) }).outcome).toBe('failed');
  });
});

describe('counters', () => {
  test.each([
    { name: 'no error on enough requests', metric: errors([0, 1_000], [0, 1_000]), outcome: 'passed', by: 'exact binomial' },
    { name: 'no error on few requests', metric: errors([0, 100], [0, 100]), outcome: 'inconclusive', by: 'exact binomial' },
    { name: 'errors where there were none', metric: errors([0, 1_000], [30, 1_000]), outcome: 'failed', by: 'exact binomial' },
    { name: 'the same share of errors', metric: errors([200, 10_000], [205, 10_000]), outcome: 'passed', by: "Fisher's exact" },
    { name: 'three times the errors', metric: errors([20, 1_000], [60, 1_000]), outcome: 'failed', by: "Fisher's exact" },
    { name: 'a few more errors', metric: errors([20, 1_000], [22, 1_000]), outcome: 'inconclusive', by: "Fisher's exact" },
    { name: 'fewer errors', metric: errors([900, 1_000], [20, 1_000]), outcome: 'passed', by: "Fisher's exact" },
    {
      name: 'fewer orders',
      metric: errors([900, 1_000], [600, 1_000], { direction: 'decrease' }),
      outcome: 'failed',
      by: "Fisher's exact",
    },
    {
      name: 'as many orders',
      metric: errors([900, 1_000], [898, 1_000], { direction: 'decrease' }),
      outcome: 'passed',
      by: "Fisher's exact",
    },
    {
      name: 'a perfect baseline, nearly as good',
      metric: errors([500, 500], [495, 500], { direction: 'decrease' }),
      outcome: 'warning',
      by: 'exact binomial',
    },
    {
      name: 'a perfect baseline, a fifth lost',
      metric: errors([500, 500], [400, 500], { direction: 'decrease' }),
      outcome: 'failed',
      by: 'exact binomial',
    },
    { name: 'a share of 1 that cannot rise', metric: errors([500, 500], [500, 500]), outcome: 'passed', by: "Fisher's exact" },
    {
      name: 'no error, and nothing absolute tolerated',
      metric: errors([0, 900], [0, 900], { absoluteTolerance: 0 }),
      outcome: 'inconclusive',
      by: "Fisher's exact",
    },
  ])('$name: $outcome', ({ metric, outcome, by }) => {
    const verdict = one(metric);
    expect(verdict.outcome).toBe(outcome);
    expect(verdict.rule).toContain(by);
  });
});

describe('what is missing', () => {
  test('an inconclusive verdict says how many requests and minutes are still needed, and they are enough', () => {
    const verdict = one(latency(60, 1), { minutes: 10 });
    const { canary, baseline, minutes } = verdict.needed ?? expect.fail('needs something');
    expect(canary).toBe(baseline);
    expect(minutes).toBe(Math.ceil(((canary ?? 0) / 60) * 10));
    expect(verdict.reason).toContain(
      `about ${canary} more samples of the canary would settle it, about ${minutes} minutes at the present traffic`,
    );
    expect(one(latency(60 + (canary ?? 0), 1)).outcome).toBe('passed');
  });

  test('below the minimum it is what the minimum lacks', () => {
    expect(one(latency(4, 1), { minutes: 2 }).needed).toEqual({
      unit: 'samples',
      canary: 6,
      baseline: 6,
      times: 2.5,
      minutes: 3,
    });
  });

  test('of several metrics the one that takes longest is named, in its own unit and as times the traffic so far', () => {
    const requests = { name: 'errors', control: { events: 3, total: 6_000 }, experiment: { events: 4, total: 400 } };
    const seconds = latency(60, 1);
    const verdict = judgeCanary({ metrics: [requests, seconds], minutes: 10 });
    const [errors, slow] = verdict.metrics.map(({ needed }) => needed ?? expect.fail('needs something'));
    expect([errors?.unit, slow?.unit]).toEqual(['requests', 'samples']);
    const most = (errors?.times ?? 0) > (slow?.times ?? 0) ? { metric: 'errors', ...errors } : { metric: 'latency', ...slow };
    expect(verdict.needed).toEqual(most);
    expect(explainCanary(verdict)).toContain(`${most.metric} takes longest: `);
    expect(judgeCanary({ metrics: [seconds, requests], minutes: 10 }).needed).toEqual(verdict.needed);
  });

  test('a change on the very limit is not to be settled by traffic, which is said', () => {
    const verdict = one(latency(5_000, 1.1), { minutes: 10 });
    expect(verdict.needed).toMatchObject({ canary: null, baseline: null, times: null, minutes: null });
    expect(verdict.reason).toContain('more traffic will not settle it');
  });

  test.each([
    { noData: 'inconclusive', outcome: 'inconclusive' },
    { noData: 'failed', outcome: 'failed' },
  ])('a side without samples is $outcome when noData is $noData', ({ noData, outcome }) => {
    expect(one(latency(50, 1, { experiment: [null, NaN], noData }))).toMatchObject({
      outcome,
      reason: 'the canary has no samples of latency',
    });
  });
});

describe('several metrics and looks', () => {
  /** Significant alone at 5 %, but not as one of many. */
  const slight = latency(60, 1.33);

  test("what is significant alone is not among many: Holm's correction", () => {
    expect(judgeCanary({ metrics: [slight] }).outcome).toBe('failed');
    const others = Array.from({ length: 9 }, (_, at) => ({ ...latency(1_000, 1), name: `other-${at}` }));
    const verdict = judgeCanary({ metrics: [slight, ...others] });
    expect(verdict.outcome).toBe('inconclusive');
    expect(verdict.metrics[0]?.reason).toContain('taken alone, but not once all metrics are allowed for');
  });

  test('an early look asks for more than the only one', () => {
    expect(one(slight, { looks: [0.25] }).outcome).toBe('inconclusive');
    expect(one(latency(60, 3), { looks: [0.25] }).outcome).toBe('failed');
    expect(judgeCanary({ metrics: [slight], looks: [0.25] }).look.level).toBeLessThan(0.001);
  });

  test('looks do not inflate false alarms', () => {
    const looks = [0.2, 0.4, 0.6, 0.8, 1];
    const levels = looks.map((_, at) => levelOfLook(0.1, looks.slice(0, at + 1), 'pocock'));
    let [alarms, state] = [0, 11];
    const uniform = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const runs = 4_000;
    for (let run = 0; run < runs; run += 1) {
      const [control, experiment] = [Float64Array.from({ length: 150 }, uniform), Float64Array.from({ length: 150 }, uniform)];
      const seen = (side: Float64Array, share: number) => side.slice(0, 150 * share).sort();
      const alarmed = looks.some(
        (share, at) => rankTest({ control: seen(control, share), experiment: seen(experiment, share) }).greater <= (levels[at] ?? 0),
      );
      if (alarmed) alarms += 1;
    }
    // 10 % is wanted, within three deviations; five looks at 10 % each would alarm in a quarter of the runs.
    expect(alarms / runs).toBeLessThan(0.1 + 3 * Math.sqrt(0.09 / runs));
    expect(alarms / runs).toBeGreaterThan(0.07);
  });

  test('the worst metric decides, and is told first', () => {
    const verdict = judgeCanary({ metrics: [latency(1_000, 1), errors([20, 1_000], [60, 1_000])] });
    expect(verdict).toMatchObject({ outcome: 'failed', reason: 'Canary failed, because of errors.' });
    expect(explainCanary(verdict).split('\n')[1]).toMatch(/^errors failed/);
  });

  test('the verdict is plain JSON: nothing is lost on the way', () => {
    const verdict = judgeCanary({
      metrics: [latency(10, 1, { detect: 9 }), errors([0, 50], [1, 50]), { name: 'empty', control: [], experiment: [] }],
    });
    expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
  });
});

describe('bad samples give a verdict, bad policies an error', () => {
  test.each([
    { name: 'a text', metric: { control: ['12 ms'] }, says: 'control[0] is the text "12 ms", not a finite number or null' },
    { name: 'an infinity', metric: { experiment: [1, -Infinity] }, says: 'experiment[1] is -Infinity, not a finite number or null' },
    { name: 'no list', metric: { experiment: 'slow' }, says: 'experiment is the text "slow", not a list of numbers' },
    {
      name: 'half an event',
      metric: { control: { events: 0.5, total: 3 }, experiment: { events: 1, total: 3 } },
      says: 'control.events is 0.5',
    },
    {
      name: 'more events than requests',
      metric: { control: { events: 4, total: 3 }, experiment: { events: 1, total: 3 } },
      says: 'control has 4 events of only 3',
    },
    { name: 'a counter against a list', metric: { control: { events: 1, total: 3 } }, says: 'experiment.events is undefined' },
  ])('$name: errored, and the other metrics are judged', ({ metric, says }) => {
    const broken = { ...latency(20, 1), ...metric } as Metric; // JSON is not typed
    const verdict = judgeCanary({ metrics: [broken, { ...latency(1_000, 1), name: 'other' }] });
    expect(verdict.metrics.map(({ outcome }) => outcome)).toEqual(['errored', 'passed']);
    expect(verdict.outcome).toBe('errored');
    expect(verdict.metrics[0]?.reason).toContain(says);
  });

  test.each([
    { name: 'no metrics', input: { metrics: [] }, says: 'metrics: ' },
    { name: 'nothing', input: undefined, says: 'metrics: ' },
    { name: 'a metric that is none', input: { metrics: [null] }, says: 'metrics.0' },
    { name: 'a negative tolerance', input: { metrics: [latency(20, 1, { tolerance: -1 })] }, says: 'tolerance' },
    {
      name: 'a decrease by everything tolerated',
      input: { metrics: [latency(20, 1, { direction: 'either', tolerance: 1 })] },
      says: 'its tolerance must be below 1',
    },
    { name: 'a name twice', input: { metrics: [latency(20, 1), latency(20, 1)] }, says: 'metrics names "latency" twice' },
    { name: 'an unknown direction', input: { metrics: [latency(20, 1, { direction: 'up' })] }, says: 'direction' },
    { name: 'a rate of 2', input: { metrics: [latency(20, 1)], falseAlarmRate: 2 }, says: 'falseAlarmRate' },
  ])('$name', ({ input, says }) => {
    // A file may hold anything.
    expect(() => judgeCanary(input as Parameters<typeof judgeCanary>[0])).toThrow(says);
  });
});
