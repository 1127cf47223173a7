import { evaluateExpression, typeOf } from './evaluate-expression.js';
import { parseExpression, type Expression } from './parse-expression.js';
import { ConditionError } from './tokens.js';

/** The phases of Argo Rollouts, from best to worst: a run is as bad as its worst metric. */
export const phases = ['Successful', 'Running', 'Pending', 'Inconclusive', 'Error', 'Failed'] as const;
export type Phase = (typeof phases)[number];

export const isCompleted = (phase: Phase): boolean => phase !== 'Running' && phase !== 'Pending';
export const isWorse = (current: Phase, next: Phase): boolean => phases.indexOf(next) > phases.indexOf(current);

type Condition = { text: string; holds: (result: unknown) => boolean };
type Assess = (value: unknown) => { phase: Phase; message: string };

/**
 * How one measured value is judged (Argo's `EvaluateResult`): a success condition alone fails what it does not accept, a failure condition
 * alone accepts what it does not fail, with both the rest is Inconclusive, with none everything is Successful. Conditions are parsed
 * once. Throws POLICY_INVALID for a condition outside the part of the language that is read.
 */
export const assessValue = ({ successCondition, failureCondition }: Conditions): Assess => {
  const [success, failure] = [conditionOf(successCondition), conditionOf(failureCondition)];
  return (value) => {
    const [succeeded, failed] = [evaluate('successCondition', success, value), evaluate('failureCondition', failure, value)];
    const broken = [succeeded, failed].find((one) => typeof one === 'string');
    if (typeof broken === 'string') return { phase: 'Error', message: broken };
    if (failed === true || (failed === null && succeeded === false)) return { phase: 'Failed', message: '' };
    return { phase: succeeded === false ? 'Inconclusive' : 'Successful', message: '' };
  };
};

export type Conditions = { successCondition?: string | null | undefined; failureCondition?: string | null | undefined };

const conditionOf = (text: string | null | undefined): Condition | null => {
  if (text === null || text === undefined || text === '') return null;
  const expression = attempt(() => parseExpression(text));
  return {
    text,
    holds: (result) => {
      if (expression instanceof ConditionError) throw expression;
      return truthOf(expression, result);
    },
  };
};

const truthOf = (expression: Expression, result: unknown): boolean => {
  const value = evaluateExpression(expression, { result });
  if (typeof value === 'boolean') return value;
  throw new ConditionError(`expected bool, but got ${typeOf(value)}`);
};

/** Null without a condition; the words of the error where it cannot be evaluated. */
const evaluate = (kind: string, condition: Condition | null, value: unknown): boolean | string | null => {
  if (condition === null) return null;
  const holds = attempt(() => condition.holds(value));
  if (!(holds instanceof ConditionError)) return holds;
  const empty = value === null || value === undefined || (Array.isArray(value) && value.length === 0);
  const why = empty ? 'metric result is nil or empty: no data returned from the metric provider' : holds.message;
  return `could not evaluate ${kind} "${condition.text}": ${why}`;
};

/** A condition that cannot be evaluated is an outcome in Argo: the phase Error. */
const attempt = <T>(run: () => T): T | ConditionError => {
  try {
    return run();
  } catch (error) {
    if (error instanceof ConditionError) return error;
    throw error;
  }
};
