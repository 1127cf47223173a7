import fc from 'fast-check';
import { expect, test } from 'vitest';
import { configSchema } from '../../src/catalog/config.js';
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

const planned = (plan: Partial<RolloutPlan> = {}): RolloutPlan =>
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
const sampled = (at: number, requests = 10, found: Breach | null = null): RolloutEvent => ({
  type: 'sampled',
  at,
  requests,
  breach: found,
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

const anyEvent = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('sampled' as const),
      requests: fc.nat(30),
      breach: fc.oneof({ weight: 19, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.constant(breach) }),
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
    steps: fc.array(fc.record({ weightPercent: fc.nat(100), pauseMs: fc.nat(4_000) }), { maxLength: 5 }),
    watchMs: fc.nat(4_000),
    minRequests: fc.nat(60),
  })
  .map((plan) => planned(plan));
const law = (holds: (ran: ReturnType<typeof run>) => void) =>
  fc.assert(
    fc.property(anyEvents, anyPlan, (events, plan) => holds(run(events, plan))),
    { numRuns: 2_000 },
  );

test('at every end the candidate has no traffic or is the active slot', () => {
  law(({ state, effects }) => {
    const last = effects.at(-1)?.type;
    if (isEnded(state)) expect(last).toBe(state.type === 'completed' ? 'switchActive' : 'restore');
    expect(effects.some((effect) => effect.type === 'switchActive') && effects.some((effect) => effect.type === 'restore')).toBe(false);
  });
});

test('a breach while the candidate has traffic always restores in the same move', () => {
  law(({ moves }) => {
    for (const { before, event, effects } of moves) {
      const hasTraffic = before.type === 'step' || before.type === 'watching';
      if (hasTraffic && event.type === 'sampled' && event.breach !== null) expect(told(effects)).toEqual(['restore']);
    }
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
    if (effects.some((effect) => effect.type === 'switchActive')) expect(told(effects).slice(-2)).toEqual(['100 %', 'switchActive']);
  });
});

test('the random sequences reach every state', () => {
  const seen = new Set<string>();
  law(({ moves, state }) => [...moves.map((move) => move.before), state].forEach((one) => seen.add(one.type)));
  expect([...seen].sort()).toEqual(['completed', 'idle', 'inconclusive', 'rolledBack', 'step', 'watching']);
});
