import type { RolloutConfig } from '../catalog/config.js';
import type { Breach } from '../catalog/tools.js';
import { describeBreach } from './describe-breach.js';

/** The part of the configuration that decides how traffic moves. */
export type RolloutPlan = Pick<RolloutConfig, 'strategy' | 'steps' | 'watchMs' | 'drainMs' | 'minRequests'>;

type Nothing = Record<never, never>;
type States = {
  idle: Nothing;
  /** Holds a weight. `requests` are the candidate's in this step, `silent` the sample times without a sample in a row. */
  step: { index: number; sinceAt: number; requests: number; extended: boolean; silent: number };
  /** All traffic on the candidate, the old slot still alive. */
  watching: { sinceAt: number; silent: number };
  completed: Nothing;
  rolledBack: { reason: string };
  inconclusive: { reason: string };
};

type Events = {
  started: { at: number };
  sampled: { at: number; requests: number; breach: Breach | null };
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
  | { type: 'setWeight'; percent: number; reason: string }
  | { type: 'switchActive' }
  | { type: 'retireIdle'; drainMs: number }
  /** All traffic back to the old slot: weight 0. */
  | { type: 'restore'; reason: string };

type Result = [RolloutState, Effect[]];
type Handler<S extends StateName, E extends EventName> = (state: StateOf<S>, event: EventOf<E>, plan: RolloutPlan) => Result;
type Row<S extends StateName> = { [E in EventName]: Handler<S, E> };

export const idle: RolloutState = { type: 'idle' };

/** Whether nothing can happen any more. */
export const isEnded = ({ type }: RolloutState): boolean => type === 'completed' || type === 'rolledBack' || type === 'inconclusive';

/** Sample times without a sample that a candidate with traffic is allowed. */
const maxSilent = 3;

/**
 * One move of a rollout, as a pure function: what happened goes in, the next state and what must be done come out. Whoever carries
 * out the effects keeps three promises: a breach is answered by `restore` in the same move, silence never ends in `completed`, and
 * when it has ended the candidate has all of the traffic or none.
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
    started: (_, { at }, plan) => enterStep(0, at, plan),
    sampled: stay,
    noData: stay,
    abort,
  },
  step: {
    started: stay,
    sampled: (state, { at, requests, breach }, plan) =>
      breach === null
        ? hold({ ...state, requests: state.requests + requests, silent: 0 }, at, plan)
        : restore('rolledBack', describeBreach(breach)),
    noData: (state) => silence(state),
    abort,
  },
  watching: {
    started: stay,
    sampled: (state, { at, breach }, plan) => {
      if (breach !== null) return restore('rolledBack', describeBreach(breach));
      return at - state.sinceAt >= plan.watchMs ? [{ type: 'completed' }, [{ type: 'switchActive' }]] : stay({ ...state, silent: 0 });
    },
    noData: (state) => silence(state),
    abort,
  },
  completed: ended,
  rolledBack: ended,
  inconclusive: ended,
};

/** The weights of a plan; blue-green has none between 0 and 100. */
const stepsOf = ({ strategy, steps }: RolloutPlan): RolloutPlan['steps'] => (strategy === 'canary' ? steps : []);

const enterStep = (index: number, at: number, plan: RolloutPlan): Result => {
  const steps = stepsOf(plan);
  if (index >= steps.length)
    return [{ type: 'watching', sinceAt: at, silent: 0 }, [{ type: 'setWeight', percent: 100, reason: 'all traffic, watched' }]];
  const percent = Math.max(...steps.slice(0, index + 1).map((step) => step.weightPercent)); // a plan that falls holds what it had
  const reason = `step ${index + 1} of ${steps.length}`;
  return [{ type: 'step', index, sinceAt: at, requests: 0, extended: false, silent: 0 }, [{ type: 'setWeight', percent, reason }]];
};

/** Goes on when the pause is over and enough was seen; too little is waited for once more, and then is no ground to go on. */
const hold = (state: StateOf<'step'>, at: number, plan: RolloutPlan): Result => {
  const pauseMs = stepsOf(plan)[state.index]?.pauseMs ?? 0;
  const heldMs = at - state.sinceAt;
  if (heldMs < pauseMs) return stay(state);
  if (state.requests >= plan.minRequests) return enterStep(state.index + 1, at, plan);
  if (!state.extended) return stay({ ...state, extended: true });
  if (heldMs < 2 * pauseMs) return stay(state);
  const seen = `${state.requests} of at least ${plan.minRequests} requests`;
  return restore('inconclusive', `the candidate got ${seen} in step ${state.index + 1}, which was held for twice its time`);
};

const silence = (state: StateOf<'step' | 'watching'>): Result =>
  state.silent < maxSilent
    ? stay({ ...state, silent: state.silent + 1 })
    : restore('inconclusive', 'monitoring is silent, so nobody can say how the candidate is');

const restore = (type: 'rolledBack' | 'inconclusive', reason: string): Result => [{ type, reason }, [{ type: 'restore', reason }]];
