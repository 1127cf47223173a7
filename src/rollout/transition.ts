import type { RolloutConfig } from '../catalog/config.js';
import type { Analysis } from '../catalog/analysis.js';
import type { Breach } from '../catalog/measurements.js';
import { describeBreach } from './describe-breach.js';
import { describeFreeze, freezeAt } from './freeze.js';

/** The part of the configuration that decides how traffic moves. */
export type RolloutPlan = Pick<
  RolloutConfig,
  'strategy' | 'steps' | 'watchMs' | 'drainMs' | 'minRequests' | 'analysis' | 'scaleDownDelayMs' | 'freeze'
>;

type Nothing = Record<never, never>;
type States = {
  idle: Nothing;
  /** Holds a weight. `requests` are the candidate's since then, `silent` the sample times without a sample in a row. */
  step: { index: number; sinceAt: number; requests: number; extended: boolean; frozen: boolean; silent: number };
  /** All traffic on the candidate, the old slot still alive. */
  watching: { sinceAt: number; requests: number; extended: boolean; frozen: boolean; silent: number };
  completed: Nothing;
  rolledBack: { reason: string };
  inconclusive: { reason: string };
  /** It never began. */
  refused: { reason: string };
};

type Events = {
  started: { at: number };
  /** `analysis` only where it was asked for. */
  sampled: { at: number; requests: number; breach: Breach | null; analysis?: Analysis | null };
  /** A sample is overdue by a sample time. */
  noData: { at: number };
  abort: { at: number; reason: string };
};

type StateName = keyof States;
type EventName = keyof Events;
type StateOf<S extends StateName> = { [K in S]: { type: K } & States[K] }[S];
type EventOf<E extends EventName> = { [K in E]: { type: K } & Events[K] }[E];

export type RolloutState = StateOf<StateName>;
export type RolloutEvent = EventOf<EventName>;
export type Effect =
  /** A share of the traffic, and copies of a share of the rest. */
  | { type: 'setWeight'; percent: number; mirrorPercent: number; reason: string }
  | { type: 'switchActive' }
  /** The old slot may go, but not yet. */
  | { type: 'retireIdle'; afterMs: number; drainMs: number }
  /** All traffic back to the old slot: weight 0. */
  | { type: 'restore'; reason: string };

type Result = [RolloutState, Effect[]];
type Handler<S extends StateName, E extends EventName> = (state: StateOf<S>, event: EventOf<E>, plan: RolloutPlan) => Result;
type Row<S extends StateName> = { [E in EventName]: Handler<S, E> };

export const idle: RolloutState = { type: 'idle' };

/** Whether nothing can happen any more. */
export const isEnded = ({ type }: RolloutState): boolean => ['completed', 'rolledBack', 'inconclusive', 'refused'].includes(type);

/** Sample times without a sample that a candidate with traffic is allowed. */
const maxSilent = 3;

/**
 * One move of a rollout, as a pure function: what happened goes in, the next state and what must be done come out. Whoever carries
 * out the effects keeps four promises: a breach is answered by `restore` in the same move, silence never ends in `completed`, a
 * freeze holds back what goes forward and never what goes back, and when it has ended the candidate has all of the traffic or none.
 */
export const transition = (state: RolloutState, event: RolloutEvent, plan: RolloutPlan): Result => handle(state, event, plan);

const handle = <S extends StateName, E extends EventName>(state: StateOf<S>, event: EventOf<E>, plan: RolloutPlan): Result => {
  const row: Row<S> = table[state.type];
  const handler: Handler<S, E> = row[event.type];
  return handler(state, event, plan);
};

const stay = (state: RolloutState): Result => [state, []];
const ended = { started: stay, sampled: stay, noData: stay, abort: stay };
const abort = (_: RolloutState, { reason }: Events['abort']): Result => restore('rolledBack', reason);

const table: { [S in StateName]: Row<S> } = {
  idle: {
    started: (_, { at }, plan) => {
      const freeze = freezeAt(plan.freeze, at);
      return freeze === null ? enterStep(0, at, plan) : stay({ type: 'refused', reason: describeFreeze(freeze) });
    },
    sampled: stay,
    noData: stay,
    abort,
  },
  step: {
    started: stay,
    sampled: (state, event, plan) => judged(event) ?? hold(heard(state, event), event, plan),
    noData: (state) => silence(state),
    abort,
  },
  watching: {
    started: stay,
    sampled: (state, event, plan) => judged(event) ?? watch(heard(state, event), event, plan),
    noData: (state) => silence(state),
    abort,
  },
  completed: ended,
  rolledBack: ended,
  inconclusive: ended,
  refused: ended,
};

/** What speaks against the candidate is answered here and now, before anything else is asked. */
const judged = ({ breach, analysis }: Events['sampled']): Result | null => {
  if (breach !== null) return restore('rolledBack', describeBreach(breach));
  return analysis?.outcome === 'failed' ? restore('rolledBack', analysis.reason) : null;
};

const heard = <S extends StateOf<'step' | 'watching'>>(state: S, { requests }: Events['sampled']): S => ({
  ...state,
  requests: state.requests + requests,
  silent: 0,
});

/** The weights of a plan; blue-green has none between 0 and 100. */
const stepsOf = ({ strategy, steps }: RolloutPlan): RolloutPlan['steps'] => (strategy === 'canary' ? steps : []);

/** The weight and the mirror of a step; past the last one, all traffic. A plan that falls holds what it had. */
const shapeAt = (index: number, plan: RolloutPlan): { percent: number; mirrorPercent: number } => {
  const steps = stepsOf(plan);
  if (index >= steps.length) return { percent: 100, mirrorPercent: 0 };
  return {
    percent: Math.max(...steps.slice(0, index + 1).map((step) => step.weightPercent)),
    mirrorPercent: steps[index]?.mirrorPercent ?? 0,
  };
};

const enterStep = (index: number, at: number, plan: RolloutPlan): Result => {
  const count = stepsOf(plan).length;
  const last = index >= count;
  const reason = last ? 'all traffic, watched' : `step ${index + 1} of ${count}`;
  const fresh = { sinceAt: at, requests: 0, extended: false, frozen: false, silent: 0 };
  return [
    last ? { type: 'watching', ...fresh } : { type: 'step', index, ...fresh },
    [{ type: 'setWeight', ...shapeAt(index, plan), reason }],
  ];
};

/** Goes on when the pause is over, enough was seen, and what was asked for has passed. */
const hold = (state: StateOf<'step'>, { at, analysis }: Events['sampled'], plan: RolloutPlan): Result => {
  const step = stepsOf(plan)[state.index];
  const pauseMs = step?.pauseMs ?? 0;
  const heldMs = at - state.sinceAt;
  const tooEarly = wait(state, heldMs, pauseMs, `in step ${state.index + 1}`, plan);
  if (tooEarly !== null) return tooEarly;
  if (step?.analysis === true && analysis?.outcome !== 'passed' && analysis?.outcome !== 'warning') {
    if (heldMs < pauseMs + plan.analysis.maxHoldMs) return stay(state);
    return restore('inconclusive', `step ${state.index + 1} waited in vain for its analysis: ${analysis?.reason ?? 'there was none'}`);
  }
  return frozen(state, state.index, at, plan) ?? enterStep(state.index + 1, at, plan);
};

const watch = (state: StateOf<'watching'>, { at }: Events['sampled'], plan: RolloutPlan): Result => {
  const tooEarly = wait(state, at - state.sinceAt, plan.watchMs, 'at full traffic', plan);
  if (tooEarly !== null) return tooEarly;
  const scaleDown: Effect[] =
    plan.scaleDownDelayMs === null ? [] : [{ type: 'retireIdle', afterMs: plan.scaleDownDelayMs, drainMs: plan.drainMs }];
  return frozen(state, Infinity, at, plan) ?? [{ type: 'completed' }, [{ type: 'switchActive' }, ...scaleDown]];
};

/** Too little is waited for once more, and then is no ground to go on; null when time and requests are enough. */
const wait = (state: StateOf<'step' | 'watching'>, heldMs: number, pauseMs: number, where: string, plan: RolloutPlan): Result | null => {
  if (heldMs < pauseMs) return stay(state);
  if (state.requests >= plan.minRequests) return null;
  if (!state.extended) return stay({ ...state, extended: true });
  if (heldMs < 2 * pauseMs) return stay(state);
  const seen = `${state.requests} of at least ${plan.minRequests} requests`;
  return restore('inconclusive', `the candidate got ${seen} ${where}, which was held for twice its time`);
};

/** Holds what it has, and says so once; null where nothing is frozen. */
const frozen = (state: StateOf<'step' | 'watching'>, index: number, at: number, plan: RolloutPlan): Result | null => {
  const freeze = freezeAt(plan.freeze, at);
  if (freeze === null) return null;
  if (state.frozen) return stay(state);
  return [{ ...state, frozen: true }, [{ type: 'setWeight', ...shapeAt(index, plan), reason: `held, ${describeFreeze(freeze)}` }]];
};

const silence = (state: StateOf<'step' | 'watching'>): Result =>
  state.silent < maxSilent
    ? stay({ ...state, silent: state.silent + 1 })
    : restore('inconclusive', 'monitoring is silent, so nobody can say how the candidate is');

const restore = (type: 'rolledBack' | 'inconclusive', reason: string): Result => [{ type, reason }, [{ type: 'restore', reason }]];
