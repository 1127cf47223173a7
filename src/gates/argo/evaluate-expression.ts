import { lookUp } from '../look-up.js';
import type { BinaryOperator, Expression } from './parse-expression.js';
import { ConditionError } from './tokens.js';

/** What a condition is evaluated over; `element` is `#`, inside the braces of a predicate. */
type Scope = { result: unknown; element?: unknown };

/**
 * The value of an expression over one measurement, by expr-lang's rules: types do not convert, and what does not fit throws
 * ConditionError. Beyond expr-lang it knows the functions that Argo adds.
 */
export const evaluateExpression = (expression: Expression, scope: Scope): unknown => {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'name':
      if (expression.name === 'result') return scope.result;
      throw new ConditionError(`unknown name ${expression.name}`);
    case 'element':
      if (!('element' in scope)) throw new ConditionError('# stands outside a predicate');
      return scope.element;
    case 'list':
      return expression.items.map((item) => evaluateExpression(item, scope));
    case 'unary':
      return expression.operator === 'not'
        ? !truth(evaluateExpression(expression.of, scope), 'not')
        : signed(expression.operator, evaluateExpression(expression.of, scope));
    case 'binary':
      return binary(expression, scope);
    case 'choice':
      return truth(evaluateExpression(expression.test, scope), '?')
        ? evaluateExpression(expression.yes, scope)
        : evaluateExpression(expression.no, scope);
    case 'member':
      return member(evaluateExpression(expression.of, scope), evaluateExpression(expression.key, scope), expression.optional);
    case 'call':
      return call(expression, scope);
  }
};

/** The name that Go gives the type. */
export const typeOf = (value: unknown): string => {
  if (value === null || value === undefined) return 'nil';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float64';
  return { boolean: 'bool', string: 'string' }[typeof value as string] ?? 'map';
};

const truth = (value: unknown, operator: string): boolean => {
  if (typeof value === 'boolean') return value;
  throw new ConditionError(`${operator} needs a bool, not ${typeOf(value)}`);
};

const signed = (operator: '-' | '+', value: unknown): number => {
  if (typeof value !== 'number') throw new ConditionError(`${operator} needs a number, not ${typeOf(value)}`);
  return operator === '-' ? -value : value;
};

const binary = ({ operator, left, right }: Extract<Expression, { kind: 'binary' }>, scope: Scope): unknown => {
  const first = evaluateExpression(left, scope);
  if (operator === 'and') return truth(first, 'and') && truth(evaluateExpression(right, scope), 'and');
  if (operator === 'or') return truth(first, 'or') || truth(evaluateExpression(right, scope), 'or');
  if (operator === '??') return first ?? evaluateExpression(right, scope);
  if (operator === '==' || operator === '!=') refuseMismatch(operator, left, right);
  return operations[operator](first, evaluateExpression(right, scope));
};

const mismatch = (operator: string, a: unknown, b: unknown): ConditionError =>
  new ConditionError(`invalid operation: ${operator} (mismatched types ${typeOf(a)} and ${typeOf(b)})`);

const arithmetic = (operator: string, of: (a: number, b: number) => number) => (a: unknown, b: unknown) => {
  if (typeof a === 'number' && typeof b === 'number') return of(a, b);
  throw mismatch(operator, a, b);
};

const order = (operator: string, of: (a: number | string, b: number | string) => boolean) => (a: unknown, b: unknown) => {
  if ((typeof a === 'number' && typeof b === 'number') || (typeof a === 'string' && typeof b === 'string')) return of(a, b);
  throw mismatch(operator, a, b);
};

const textual = (operator: string, of: (a: string, b: string) => boolean) => (a: unknown, b: unknown) => {
  if (typeof a === 'string' && typeof b === 'string') return of(a, b);
  throw mismatch(operator, a, b);
};

const operations: Record<Exclude<BinaryOperator, 'and' | 'or' | '??'>, (a: unknown, b: unknown) => unknown> = {
  '==': (a, b) => same(a, b),
  '!=': (a, b) => !same(a, b),
  '<': order('<', (a, b) => a < b),
  '<=': order('<=', (a, b) => a <= b),
  '>': order('>', (a, b) => a > b),
  '>=': order('>=', (a, b) => a >= b),
  in: (a, b) => {
    if (Array.isArray(b)) return b.some((item) => same(a, item));
    if (b === null || b === undefined) return false;
    if (typeof b === 'object') return typeof a === 'string' && Object.hasOwn(b, a);
    throw new ConditionError(`operator "in" is not defined on ${typeOf(b)}`);
  },
  contains: textual('contains', (a, b) => a.includes(b)),
  startsWith: textual('startsWith', (a, b) => a.startsWith(b)),
  endsWith: textual('endsWith', (a, b) => a.endsWith(b)),
  '+': (a, b) => (typeof a === 'string' && typeof b === 'string' ? a + b : arithmetic('+', (x, y) => x + y)(a, b)),
  '-': arithmetic('-', (a, b) => a - b),
  '*': arithmetic('*', (a, b) => a * b),
  '/': arithmetic('/', (a, b) => a / b),
  '%': arithmetic('%', (a, b) => {
    if (Number.isInteger(a) && Number.isInteger(b) && b !== 0) return a % b;
    throw new ConditionError('% needs two whole numbers, the second not 0');
  }),
  '**': arithmetic('**', (a, b) => a ** b),
};

const same = (a: unknown, b: unknown): boolean => {
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) return JSON.stringify(a) === JSON.stringify(b);
  return (a ?? null) === (b ?? null);
};

/** expr-lang compares types before it runs: two that it knows to differ are an error, not false. */
const refuseMismatch = (operator: string, left: Expression, right: Expression): void => {
  const [a, b] = [knownType(left), knownType(right)];
  if (a === null || b === null || a === b) return;
  throw new ConditionError(`invalid operation: ${operator} (mismatched types ${a} and ${b})`);
};

const knownType = (expression: Expression): string | null => {
  if (expression.kind === 'literal') return expression.value === null ? null : typeof expression.value;
  return expression.kind === 'call' ? (lookUp(resultTypes, expression.name) ?? null) : null;
};

const resultTypes: Record<string, string> = {
  asInt: 'number',
  asFloat: 'number',
  len: 'number',
  count: 'number',
  isNaN: 'boolean',
  isInf: 'boolean',
  isNil: 'boolean',
};

const member = (of: unknown, key: unknown, optional: boolean): unknown => {
  if ((of === null || of === undefined) && optional) return null;
  if (Array.isArray(of) && typeof key === 'number' && Number.isInteger(key)) {
    const index = key < 0 ? of.length + key : key;
    if (index >= 0 && index < of.length) return of[index] as unknown;
    throw new ConditionError(`index out of range: ${key} (the list has ${of.length})`);
  }
  if (typeof of === 'object' && of !== null && !Array.isArray(of) && typeof key === 'string')
    return Object.hasOwn(of, key) ? (of as Record<string, unknown>)[key] : null; // the line before asks what it is
  throw new ConditionError(`cannot fetch ${String(key)} from ${typeOf(of)}`);
};

const call = ({ name, args }: Extract<Expression, { kind: 'call' }>, scope: Scope): unknown => {
  const argument = (index: number): unknown => {
    const given = args[index];
    if (given === undefined) throw new ConditionError(`not enough arguments to call ${name}`);
    return evaluateExpression(given, scope);
  };
  const predicate = lookUp(predicates, name);
  if (predicate !== undefined) {
    const [list, body] = [argument(0), args[1]];
    if (!Array.isArray(list)) throw new ConditionError(`${name} needs a list, not ${typeOf(list)}`);
    if (body === undefined) throw new ConditionError(`not enough arguments to call ${name}`);
    return predicate(list, (element) => evaluateExpression(body, { ...scope, element }));
  }
  const run = lookUp(functions, name);
  if (run === undefined) throw new ConditionError(`unknown name ${name}`);
  return run(argument, scope.result);
};

type OfElement = (element: unknown) => unknown;

const predicates: Record<string, (list: unknown[], of: OfElement) => unknown> = {
  all: (list, of) => list.every((element) => truth(of(element), 'all')),
  any: (list, of) => list.some((element) => truth(of(element), 'any')),
  none: (list, of) => !list.some((element) => truth(of(element), 'none')),
  one: (list, of) => list.filter((element) => truth(of(element), 'one')).length === 1,
  filter: (list, of) => list.filter((element) => truth(of(element), 'filter')),
  count: (list, of) => list.filter((element) => truth(of(element), 'count')).length,
  map: (list, of) => list.map(of),
};

/** `default` and `isNil` look at the whole measurement, whatever their first argument is: so does Argo. */
const functions: Record<string, (argument: (index: number) => unknown, result: unknown) => unknown> = {
  len: (argument) => {
    const of = argument(0);
    if (typeof of === 'string') return [...of].length;
    if (typeof of === 'object' && of !== null) return Object.keys(of).length;
    throw new ConditionError(`len needs a list, a map or a string, not ${typeOf(of)}`);
  },
  asInt: (argument) => {
    const of = argument(0);
    if (typeof of === 'number') return Math.trunc(of);
    if (typeof of === 'string' && /^[+-]?\d+$/.test(of)) return Number(of);
    throw new ConditionError(`asInt cannot read ${JSON.stringify(of)}`);
  },
  asFloat: (argument) => toFloat(argument(0)),
  isNaN: (argument) => Number.isNaN(numeric('isNaN', argument(0))),
  isInf: (argument) => Math.abs(numeric('isInf', argument(0))) === Infinity,
  isNil: (_, result) => result === null || result === undefined,
  default: (argument, result) => result ?? argument(1),
};

const numeric = (name: string, value: unknown): number => {
  if (typeof value === 'number') return value;
  throw new ConditionError(`${name} needs a number, not ${typeOf(value)}`);
};

const notFinite: Record<string, number> = { nan: NaN, inf: Infinity, infinity: Infinity };

const toFloat = (value: unknown): number => {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') {
    const [, sign = '', rest = ''] = /^([+-]?)(.*)$/.exec(value) ?? [];
    const special = lookUp(notFinite, rest.toLowerCase());
    if (special !== undefined) return sign === '-' ? -special : special;
    if (/^(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(rest)) return Number(value);
  }
  throw new ConditionError(`asFloat cannot read ${JSON.stringify(value)}`);
};
