import fc from 'fast-check';
import { expect, test } from 'vitest';
import { configSchema, type StagingConfigInput } from '../../src/catalog/config.js';
import type { Analysis } from '../../src/catalog/analysis.js';
import type { Breach } from '../../src/catalog/tools.js';
import {
  idle,
  isEnded,
  transition,
  type Effect,
  type RolloutEvent,
  type RolloutPlan,
  type RolloutState,
} from '../../src/rollout/transition.js';

const planned = (plan: Partial<NonNullable<StagingConfigInput['rollout']>> = {}): RolloutPlan =>
  configSchema.shape.rollout.parse({
    steps: [
      { weightPercent: 10, pauseMs: 3_000 },
      { weightPercent: 50, pauseMs: 3_000 },
    ],
    watchMs: 2_000,
    minRequests: 10,
    ...plan,
  });
const breach: Breach = { metric: 'error_rate', value: 0.04, target: 0.02, firstSampleAt: 1 };
const started = { type: 'started', at: 0 } as const;
const sampled = (at: number, requests = 10, found: Breach | null = null, analysis: Analysis | null = null): RolloutEvent => ({
  type: 'sampled',
  at,
  requests,
  breach: found,
  analysis,
});
const analysed = (at: number, outcome: Analysis['outcome']): RolloutEvent => sampled(at, 10, null, { outcome, reason: `it ${outcome}` });
const freezeWindow = (from: number, until: number) => ({
  reason: 'the sale is on',
  by: 'grace',
  from: new Date(from).toISOString(),
  until: new Date(until).toISOString(),
});
const silent = (count: number): RolloutEvent[] => Array.from({ length: count }, (_, index) => ({ type: 'noData', at: index }));

const run = (
  events: readonly RolloutEvent[],
  plan = planned(),
): { state: RolloutState; effects: Effect[]; moves: { before: RolloutState; event: RolloutEvent; effects: Effect[] }[] } => {
  let state: RolloutState = idle;
  const moves = events.map((event) => {
    const before = state;
    const [next, effects] = transition(state, event, plan);
    state = next;
    return { before, event, effects };
  });
  return { state, moves, effects: moves.flatMap((move) => move.effects) };
};
const told = (effects: readonly Effect[]): string[] =>
  effects.map((effect) => (effect.type === 'setWeight' ? `${effect.percent} %` : effect.type));
const analysedPlan = (rest: object = {}) =>
  planned({ steps: [{ weightPercent: 10, pauseMs: 3_000, analysis: true }], analysis: { maxHoldMs: 5_000 }, ...rest });

test('a canary takes its steps, is watched at full traffic, and only then becomes the active slot', () => {
  const { state, effects } = run([started, sampled(1_000), sampled(3_000), sampled(5_999), sampled(6_000), sampled(7_999), sampled(8_000)]);
  expect(told(effects)).toEqual(['10 %', '50 %', '100 %', 'switchActive']);
  expect(state).toEqual({ type: 'completed' });
});

test('blue-green takes all traffic at once, is watched, and switches', () => {
  const { state, moves } = run([started, sampled(1_999), sampled(2_000)], planned({ strategy: 'blue-green' }));
  expect(moves.map((move) => told(move.effects))).toEqual([['100 %'], [], ['switchActive']]);
  expect(state.type).toBe('completed');
});

test('a canary without steps is watched at full traffic', () => {
  expect(told(run([started, sampled(2_000)], planned({ steps: [] })).effects)).toEqual(['100 %', 'switchActive']);
});

test('a step with too few requests is extended once and then is inconclusive', () => {
  const few = [started, sampled(1_000, 1), sampled(3_000, 1), sampled(5_999, 1), sampled(6_000, 1)];
  expect(told(run(few.slice(0, 4)).effects)).toEqual(['10 %']);
  const { state, effects } = run(few);
  expect(told(effects)).toEqual(['10 %', 'restore']);
  expect(state).toEqual({
    type: 'inconclusive',
    reason: 'the candidate got 4 of at least 10 requests in step 1, which was held for twice its time',
  });
});

test('too few requests at full traffic are no ground to give up the old version', () => {
  const { state, effects } = run([started, sampled(2_000, 1), sampled(3_999, 1), sampled(4_000, 1)], planned({ strategy: 'blue-green' }));
  expect(told(effects)).toEqual(['100 %', 'restore']);
  expect(state).toEqual({
    type: 'inconclusive',
    reason: 'the candidate got 3 of at least 10 requests at full traffic, which was held for twice its time',
  });
});

test('an extended step goes on as soon as enough was seen', () => {
  expect(told(run([started, sampled(3_000, 5), sampled(4_000, 5)]).effects)).toEqual(['10 %', '50 %']);
});

test('requests of an earlier step do not count for the next', () => {
  expect(told(run([started, sampled(3_000, 500), sampled(6_000, 0), sampled(9_000, 0)]).effects)).toEqual(['10 %', '50 %', 'restore']);
});

test('a step never ends before its pause, however many requests there were', () => {
  expect(told(run([started, sampled(2_999, 1_000)]).effects)).toEqual(['10 %']);
});

test.each([
  ['in the first step', [started]],
  ['in the second step', [started, sampled(3_000)]],
  ['in an extended step', [started, sampled(3_000, 0)]],
  ['while watched', [started, sampled(3_000), sampled(6_000)]],
])('a breach %s sends all traffic back in the same move and says why', (_, events) => {
  const { state, moves } = run([...events, sampled(100_000, 500, breach)]);
  const reason = '4 % of its requests failed where 2 % is allowed';
  expect(moves.at(-1)?.effects).toEqual([{ type: 'restore', reason }]);
  expect(state).toEqual({ type: 'rolledBack', reason });
});

test.each<[Breach['metric'], number, number, string]>([
  ['crash', 1, 0, 'the process crashed (1)'],
  ['health', 2, 2, '2 health checks in a row failed'],
  ['latency_p95', 1_520.4, 1_000, 'its p95 latency is 1520 ms where 1000 ms is allowed'],
])('a breach of %s is described', (metric, value, target, reason) => {
  expect(run([started, sampled(1, 1, { metric, value, target, firstSampleAt: 0 })]).state).toEqual({ type: 'rolledBack', reason });
});

test.each([
  ['in a step', [started]],
  ['while watched', [started, sampled(3_000), sampled(6_000)]],
])('three silent sample times %s are borne, the fourth is inconclusive', (_, events) => {
  expect(isEnded(run([...events, ...silent(3)]).state)).toBe(false);
  const { state, moves } = run([...events, ...silent(4)]);
  expect(state.type).toBe('inconclusive');
  expect(told(moves.at(-1)?.effects ?? [])).toEqual(['restore']);
});

test.each([
  ['in a step', planned()],
  ['while watched', planned({ strategy: 'blue-green' })],
])('a sample %s breaks the silence', (_, plan) => {
  expect(isEnded(run([started, ...silent(3), sampled(1), ...silent(3), sampled(2), ...silent(3)], plan).state)).toBe(false);
});

test.each([
  ['before it began', []],
  ['in a step', [started]],
  ['while watched', [started, sampled(3_000), sampled(6_000)]],
])('abort %s sends all traffic back', (_, events) => {
  const { state, moves } = run([...events, { type: 'abort', at: 9, reason: 'a person said so' }]);
  expect(state).toEqual({ type: 'rolledBack', reason: 'a person said so' });
  expect(moves.at(-1)?.effects).toEqual([{ type: 'restore', reason: 'a person said so' }]);
});

test('before it has begun, samples and silence change nothing', () => {
  expect(run([sampled(1, 1, breach), ...silent(9)])).toMatchObject({ state: idle, effects: [] });
});

test('a second start changes nothing', () => {
  expect(told(run([started, { type: 'started', at: 5 }]).effects)).toEqual(['10 %']);
});

test('a mirroring step sends copies and no visitor, and all copies end with the last step', () => {
  const plan = planned({ steps: [{ weightPercent: 0, mirrorPercent: 20, pauseMs: 1_000 }] });
  const { effects } = run([started, sampled(1_000)], plan);
  expect(effects).toEqual([
    { type: 'setWeight', percent: 0, mirrorPercent: 20, reason: 'step 1 of 1' },
    { type: 'setWeight', percent: 100, mirrorPercent: 0, reason: 'all traffic, watched' },
  ]);
});

test('a step that waits for its analysis goes on when it passes, and not before its pause', () => {
  expect(told(run([started, analysed(2_999, 'passed')], analysedPlan()).effects)).toEqual(['10 %']);
  expect(told(run([started, analysed(3_000, 'inconclusive')], analysedPlan()).effects)).toEqual(['10 %']);
  expect(told(run([started, analysed(3_000, 'inconclusive'), analysed(4_000, 'passed')], analysedPlan()).effects)).toEqual([
    '10 %',
    '100 %',
  ]);
});

test.each([
  ['is inconclusive for too long', [analysed(7_999, 'inconclusive'), analysed(8_000, 'inconclusive')], 'it inconclusive'],
  ['never comes', [sampled(8_000)], 'there was none'],
])('a step whose analysis %s is inconclusive itself, and says so', (_, events, why) => {
  const { state, effects } = run([started, ...events], analysedPlan());
  expect(told(effects)).toEqual(['10 %', 'restore']);
  expect(state).toEqual({ type: 'inconclusive', reason: `step 1 waited in vain for its analysis: ${why}` });
});

test.each([
  ['in a step that waits for it', analysedPlan(), [started]],
  ['in the background of a step', planned(), [started]],
  ['while watched', planned({ strategy: 'blue-green' }), [started]],
])('an analysis that fails %s sends all traffic back in the same move', (_, plan, events) => {
  const { state, moves } = run([...events, analysed(1, 'failed')], plan);
  expect(moves.at(-1)?.effects).toEqual([{ type: 'restore', reason: 'it failed' }]);
  expect(state.type).toBe('rolledBack');
});

test('a rollout does not begin in a freeze: it says who froze it, why and until when, and moves nothing', () => {
  const { state, effects } = run([started], planned({ freeze: [freezeWindow(-1, 60_000)] }));
  expect(effects).toEqual([]);
  expect(state).toEqual({
    type: 'refused',
    reason: 'frozen by grace: the sale is on (until 1970-01-01T00:01:00.000Z)',
  });
});

test('a freeze without a window holds until somebody ends it', () => {
  expect(run([started], planned({ freeze: [{ reason: 'audit', by: 'grace' }] })).state).toEqual({
    type: 'refused',
    reason: 'frozen by grace: audit (until somebody ends it)',
  });
});

test('a freeze that begins on the way holds the weight, says so once, and lets go when it ends', () => {
  const plan = planned({ freeze: [freezeWindow(2_000, 20_000)] });
  const { effects } = run([started, sampled(3_000), sampled(4_000), sampled(19_999), sampled(20_000)], plan);
  expect(told(effects)).toEqual(['10 %', '10 %', '50 %']);
  expect(effects[1]).toMatchObject({ reason: 'held, frozen by grace: the sale is on (until 1970-01-01T00:00:20.000Z)' });
});

test('a freeze while watched holds the switch back', () => {
  const plan = planned({ strategy: 'blue-green', freeze: [freezeWindow(1_000, 5_000)] });
  expect(told(run([started, sampled(2_000), sampled(3_000), sampled(5_000)], plan).effects)).toEqual(['100 %', '100 %', 'switchActive']);
});

test('the old slot may go when its time after the switch is over', () => {
  const plan = planned({ strategy: 'blue-green', rollbackWindowMs: 1_000, scaleDownDelayMs: 9_000, drainMs: 7 });
  expect(run([started, sampled(2_000)], plan).effects.slice(1)).toEqual([
    { type: 'switchActive' },
    { type: 'retireIdle', afterMs: 9_000, drainMs: 7 },
  ]);
});

test('a plan whose old version would be gone before the rollback window is over is refused', () => {
  expect(() => planned({ rollbackWindowMs: 10, scaleDownDelayMs: 9 })).toThrow('the old version would be gone before rollbackWindowMs');
});

const anyEvent = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('sampled' as const),
      requests: fc.nat(30),
      breach: fc.oneof({ weight: 19, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.constant(breach) }),
      analysis: fc.oneof(
        { weight: 10, arbitrary: fc.constant(null) },
        {
          weight: 10,
          arbitrary: fc.record({ outcome: fc.constantFrom('passed' as const, 'inconclusive' as const), reason: fc.constant('so far') }),
        },
        { weight: 1, arbitrary: fc.constant({ outcome: 'failed' as const, reason: 'worse' }) },
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('noData' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('started' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('abort' as const), reason: fc.constant('stop') }) },
);
const anyEvents = fc
  .array(fc.tuple(anyEvent, fc.integer({ min: -500, max: 2_500 })), { maxLength: 60 })
  .map(
    (pairs) =>
      pairs.reduce<{ at: number; events: RolloutEvent[] }>(
        ({ at, events }, [event, step]) => ({ at: at + step, events: [...events, { ...event, at: at + step }] }),
        { at: 0, events: [started] },
      ).events,
  );
const anyPlan = fc
  .record({
    strategy: fc.constantFrom('canary' as const, 'blue-green' as const),
    steps: fc.array(fc.record({ weightPercent: fc.nat(100), mirrorPercent: fc.nat(100), pauseMs: fc.nat(4_000), analysis: fc.boolean() }), {
      maxLength: 5,
    }),
    watchMs: fc.nat(4_000),
    minRequests: fc.nat(60),
    analysis: fc.record({ maxHoldMs: fc.nat(4_000) }),
    rollbackWindowMs: fc.constant(0),
    scaleDownDelayMs: fc.option(fc.nat(9_000)),
    freeze: fc.array(
      fc.tuple(fc.integer({ min: -500, max: 60_000 }), fc.nat(20_000)).map(([from, ms]) => freezeWindow(from, from + ms)),
      { maxLength: 2 },
    ),
  })
  .map((plan) => planned(plan));
const law = (holds: (ran: ReturnType<typeof run>, plan: RolloutPlan) => void) =>
  fc.assert(
    fc.property(anyEvents, anyPlan, (events, plan) => holds(run(events, plan), plan)),
    { numRuns: 2_000 },
  );
const hasTraffic = ({ type }: RolloutState): boolean => type === 'step' || type === 'watching';

test('when it has ended the candidate has all traffic or none', () => {
  law(({ state, effects }) => {
    const moved = effects.filter((effect) => effect.type !== 'retireIdle').at(-1)?.type;
    const ends = { completed: 'switchActive', rolledBack: 'restore', inconclusive: 'restore', refused: undefined };
    if (state.type in ends) expect(moved).toBe(ends[state.type as keyof typeof ends]); // the line asks whether it is one
    expect(effects.some((effect) => effect.type === 'switchActive') && effects.some((effect) => effect.type === 'restore')).toBe(false);
  });
});

test('a breach, a failed analysis or a word while the candidate has traffic always restores in the same move', () => {
  law(({ moves }) => {
    for (const { before, event, effects } of moves) {
      const against =
        event.type === 'abort' || (event.type === 'sampled' && (event.breach ?? (event.analysis?.outcome === 'failed' || null)));
      if (hasTraffic(before) && against) expect(told(effects)).toEqual(['restore']);
    }
  });
});

test('silence never completes, and moves nothing forward', () => {
  law(({ moves }) => {
    for (const { event, effects } of moves) if (event.type === 'noData') expect([[], ['restore']]).toContainEqual(told(effects));
  });
});

test('a freeze never blocks a restore, and nothing goes forward in one', () => {
  law(({ moves, effects }, plan) => {
    const thawed = run(
      moves.map((move) => move.event),
      { ...plan, freeze: [] },
    );
    expect(moves.every(({ before, event, effects: done }) => !isFrozen(event.at, plan) || !goesForward(before, done))).toBe(true);
    if (moves.every(({ event }) => !isFrozen(event.at, plan))) expect(effects).toEqual(thawed.effects);
  });
});
const isFrozen = (at: number, { freeze }: RolloutPlan): boolean =>
  freeze.some(({ from = '', until = '' }) => Date.parse(from) <= at && at < Date.parse(until));
const goesForward = (before: RolloutState, effects: readonly Effect[]): boolean =>
  effects.some(
    (effect) =>
      effect.type === 'switchActive' || effect.type === 'retireIdle' || (effect.type === 'setWeight' && !effect.reason.startsWith('held')),
  ) ||
  (before.type === 'idle' && effects.some((effect) => effect.type === 'setWeight'));

test('no copy is sent once all traffic was', () => {
  law(({ effects }) => {
    for (const effect of effects)
      if (effect.type === 'setWeight' && effect.reason.includes('watched')) expect(effect.mirrorPercent).toBe(0);
  });
});

test('after an end nothing happens any more', () => {
  law(({ moves }) => {
    for (const { before, effects } of moves) if (isEnded(before)) expect(effects).toEqual([]);
  });
});

test('the weight only rises until an end', () => {
  law(({ effects }) => {
    const weights = effects.flatMap((effect) => (effect.type === 'setWeight' ? [effect.percent] : []));
    expect(weights).toEqual(weights.toSorted((a, b) => a - b));
  });
});

test('the active slot is switched only after all traffic was watched', () => {
  law(({ effects }) => {
    const moved = told(effects.filter((effect) => effect.type !== 'retireIdle'));
    if (moved.includes('switchActive')) expect(moved.slice(-2)).toEqual(['100 %', 'switchActive']);
  });
});

test('the random sequences reach every state', () => {
  const seen = new Set<string>();
  law(({ moves, state }) => [...moves.map((move) => move.before), state].forEach((one) => seen.add(one.type)));
  expect([...seen].sort()).toEqual(['completed', 'idle', 'inconclusive', 'refused', 'rolledBack', 'step', 'watching']);
});
