import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assessRunControl } from '../../../src/gates/public.js';

type Outcome = 'passed' | 'failed' | 'errored' | 'inconclusive';
const policy = { count: 4, intervalMs: 10, initialDelayMs: 100, limits: { failures: 1, errors: 2, inconclusive: 1 } };
const assess = (outcomes: readonly Outcome[], { now = 0, waitingFor = null as string | null } = {}) =>
  assessRunControl({
    policy,
    startedAt: 0,
    now,
    waitingFor,
    measurements: outcomes.map((outcome, index) => ({ at: 100 + 10 * index, outcome })),
  });
const many = (count: number, outcome: Outcome = 'passed') => Array<Outcome>(count).fill(outcome);

test.each([
  ['before the initial delay', [], 99, 'wait', 100],
  ['after the initial delay', [], 100, 'measure', 100],
  ['within the interval', many(1), 109, 'wait', 110],
  ['after the interval', many(1), 110, 'measure', 110],
] as const)('%s it is pending', (_, outcomes, now, action, dueAt) => {
  expect(assess(outcomes, { now })).toMatchObject({ outcome: 'pending', action, dueAt });
});

test.each([
  ['complete', many(4), 'passed', 'proceed'],
  ['complete with what is borne', ['passed', 'failed', 'inconclusive', 'passed'], 'passed', 'proceed'],
  ['one failure too many', ['failed', 'failed'], 'failed', 'roll_back'],
  ['one error too many', many(3, 'errored'), 'errored', 'hold'],
  ['one inconclusive too many', many(2, 'inconclusive'), 'inconclusive', 'hold'],
  ['errors are taken again', ['errored', 'errored', ...many(3)], 'pending', 'wait'],
] as const)('%s', (_, outcomes, outcome, action) => {
  expect(assess(outcomes)).toMatchObject({ outcome, action });
});

test('a breach says what it exceeded and what would change it', () => {
  expect(assess(['failed', 'passed', 'failed'])).toMatchObject({
    reason: '2 measurements failed, more than the 1 borne',
    wouldChange: 'a limit of 2 for failures, or 1 measurement fewer that is failed',
  });
});

test('while a person is waited for, a complete run is measured on', () => {
  expect(assess(many(4), { waitingFor: 'owner', now: 139 })).toMatchObject({ outcome: 'passed', action: 'wait', dueAt: 140 });
  expect(assess(many(4), { waitingFor: 'owner', now: 140 })).toMatchObject({ outcome: 'passed', action: 'measure' });
});

test('a breach while a person is waited for sends traffic back without the answer', () => {
  expect(assess([...many(4), 'failed', 'failed'], { waitingFor: 'owner' })).toMatchObject({
    outcome: 'failed',
    action: 'roll_back',
    reason: '2 measurements failed, more than the 1 borne; owner need not answer any more',
  });
});

test('single failures far apart in a long wait are borne', () => {
  expect(assess([...many(4), 'failed', ...many(4), 'failed', ...many(4)], { waitingFor: 'owner' }).outcome).toBe('passed');
});

test.each([
  ['failures', { failures: 4 }],
  ['failures and inconclusive together', { failures: 2, inconclusive: 2 }],
])('limits of %s that a run cannot exceed are refused', (_, limits) => {
  expect(() => assessRunControl({ policy: { count: 4, intervalMs: 1, limits }, measurements: [], startedAt: 0, now: 0 })).toThrow(
    expect.objectContaining({ code: 'POLICY_INVALID' }),
  );
});

const outcomes = fc.array(fc.constantFrom<Outcome>('passed', 'passed', 'passed', 'failed', 'errored', 'inconclusive'), { maxLength: 12 });

test('once it rolls back, nothing that is measured later changes it', () => {
  fc.assert(
    fc.property(outcomes, outcomes, (first, later) => {
      fc.pre(assess(first).action === 'roll_back');
      return (
        assess([...first, ...later]).action === 'roll_back' && assess([...first, ...later], { waitingFor: 'owner' }).action === 'roll_back'
      );
    }),
  );
});

test('a failure in the place of a success never turns a bad outcome into a pass', () => {
  fc.assert(
    fc.property(outcomes, fc.nat(), (given, at) => {
      const worse = given.map((outcome, index) => (index === at % given.length && outcome === 'passed' ? 'failed' : outcome));
      return assess(worse).outcome !== 'passed' || assess(given).outcome === 'passed';
    }),
  );
});
