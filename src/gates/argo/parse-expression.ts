import { StagingError } from '../../catalog/errors.js';
import { lookUp } from '../look-up.js';
import { plain } from '../words.js';
import { ConditionError, tokenize, type Token } from './tokens.js';

export type Expression =
  | { kind: 'literal'; value: number | string | boolean | null }
  | { kind: 'name'; name: string }
  | { kind: 'element' }
  | { kind: 'list'; items: Expression[] }
  | { kind: 'unary'; operator: 'not' | '-' | '+'; of: Expression }
  | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression }
  | { kind: 'choice'; test: Expression; yes: Expression; no: Expression }
  | { kind: 'member'; of: Expression; key: Expression; optional: boolean }
  | { kind: 'call'; name: string; args: Expression[] };

/** How tightly each binary operator binds: the precedences of expr-lang, which Argo's conditions are written in. */
const precedences = {
  or: 10,
  and: 15,
  '==': 20,
  '!=': 20,
  '<': 20,
  '<=': 20,
  '>': 20,
  '>=': 20,
  in: 20,
  contains: 20,
  startsWith: 20,
  endsWith: 20,
  '+': 30,
  '-': 30,
  '*': 60,
  '/': 60,
  '%': 60,
  '**': 100,
  '??': 500,
} as const;
export type BinaryOperator = keyof typeof precedences;

const synonyms: Record<string, string> = { '||': 'or', '&&': 'and', '^': '**', '!': 'not' };
const unary: Record<string, number> = { not: 50, '-': 90, '+': 90 };
/** Parts of expr-lang that are read by nobody here, and refused by name. */
const unread: Record<string, string> = {
  matches: 'the operator "matches"',
  '|': 'the pipe "|"',
  '..': 'the range ".."',
  let: 'the variable "let"',
  '{': 'a map "{…}"',
  ';': 'a sequence ";"',
};
const deepest = 100;

/**
 * Reads a condition in the part of expr-lang that Argo documents: literals, `result` and its members, arithmetic, comparisons,
 * `and`, `or`, `not`, `in`, the choice `?:`, and calls. Throws ConditionError where expr-lang would not read it either, and
 * POLICY_INVALID, by name, where the language has it and this does not.
 */
export const parseExpression = (text: string): Expression => {
  const tokens = tokenize(text);
  let at = 0;
  let depth = 0;

  const peek = (): Token => tokens[at] ?? { kind: 'end', text: '' };
  const is = (...texts: string[]): boolean => peek().kind === 'symbol' && texts.includes(peek().text);
  const accept = (symbol: string): boolean => is(symbol) && ++at > 0;
  const expect = (symbol: string): void => {
    if (!accept(symbol)) throw unexpected();
  };
  const unexpected = (): ConditionError | StagingError => {
    const { kind, text: found } = peek();
    const name = kind === 'string' ? undefined : lookUp(unread, found);
    if (name !== undefined) return refused(text, name);
    return new ConditionError(kind === 'end' ? 'it ends too early' : `"${found}" is unexpected`);
  };
  const word = (): string => lookUp(synonyms, peek().text) ?? peek().text;

  const choice = (): Expression => {
    if (++depth > deepest) throw new ConditionError('it is nested too deeply');
    const test = binary(0);
    const chosen: Expression = accept('?') ? { kind: 'choice', test, yes: choice(), no: (expect(':'), choice()) } : test;
    depth -= 1;
    return chosen;
  };

  const binary = (above: number): Expression => {
    let left = prefix();
    for (;;) {
      const negated = word() === 'not' && ['in', 'contains', 'startsWith', 'endsWith', 'matches'].includes(tokens[at + 1]?.text ?? '');
      if (negated) at += 1;
      const operator = operatorAt();
      if (operator === null) return left;
      const precedence = precedences[operator];
      if (precedence < above) return left;
      at += 1;
      const right = binary(operator === '**' ? precedence : precedence + 1);
      left = { kind: 'binary', operator, left, right };
      if (negated) left = { kind: 'unary', operator: 'not', of: left };
    }
  };

  const operatorAt = (): BinaryOperator | null => {
    const { kind } = peek();
    if (kind !== 'symbol' && kind !== 'name') return null;
    if (word() === 'matches' || is('|', '..', ';')) throw unexpected();
    return Object.hasOwn(precedences, word()) ? (word() as BinaryOperator) : null; // the line itself asks whether it is one
  };

  const prefix = (): Expression => {
    const operator = word();
    const precedence = lookUp(unary, operator);
    if (precedence === undefined || peek().kind === 'string') return postfix(primary());
    if (++depth > deepest) throw new ConditionError('it is nested too deeply');
    at += 1;
    const of = binary(precedence);
    depth -= 1;
    return { kind: 'unary', operator: operator as 'not' | '-' | '+', of }; // the keys of `unary`
  };

  const primary = (): Expression => {
    const token = peek();
    if (token.kind === 'number' || token.kind === 'string') {
      at += 1;
      return { kind: 'literal', value: token.value };
    }
    if (token.kind === 'name' && lookUp(unread, token.text) === undefined) {
      at += 1;
      const constant = lookUp(constants, token.text);
      if (constant !== undefined) return { kind: 'literal', value: constant };
      return accept('(') ? call(token.text) : { kind: 'name', name: token.text };
    }
    if (accept('#')) return { kind: 'element' };
    if (is('.') && tokens[at + 1]?.kind === 'name') return { kind: 'element' }; // `.field` inside braces is `#.field`
    if (accept('(')) {
      const inner = choice();
      expect(')');
      return inner;
    }
    if (accept('[')) return { kind: 'list', items: items(']') };
    throw unexpected();
  };

  const call = (name: string): Expression => {
    if (isBuiltIn(name)) throw refused(text, `the function "${name}"`);
    return { kind: 'call', name, args: items(')') };
  };

  const items = (end: ')' | ']'): Expression[] => {
    const found: Expression[] = [];
    while (!accept(end)) {
      const braced = end === ')' && found.length > 0 && accept('{');
      found.push(choice());
      if (braced) expect('}');
      if (!is(end)) expect(',');
    }
    return found;
  };

  const postfix = (of: Expression): Expression => {
    let node = of;
    for (;;) {
      const optional = is('?.');
      if (accept('.') || accept('?.')) {
        const { kind, text: name } = peek();
        if (kind !== 'name') throw unexpected();
        at += 1;
        if (is('(')) throw new ConditionError(`"${name}" is no method of a measured value`);
        node = { kind: 'member', of: node, key: { kind: 'literal', value: name }, optional };
      } else if (accept('[')) {
        if (is(':')) throw refused(text, 'the slice "[:]"');
        const key = choice();
        if (is(':')) throw refused(text, 'the slice "[:]"');
        expect(']');
        node = { kind: 'member', of: node, key, optional: false };
      } else return node;
    }
  };

  const read = choice();
  if (peek().kind !== 'end') throw unexpected();
  return read;
};

const constants: Record<string, boolean | null> = { true: true, false: false, nil: null };

/** Functions that expr-lang has and Argo does not document. */
const builtIns =
  'abs bitand bitnand bitor bitshl bitshr bitushr bitxor ceil concat date duration find findIndex findLast findLastIndex first flatten float ' +
  'floor fromBase64 fromJSON fromPairs get groupBy hasPrefix hasSuffix indexOf int join keys last lastIndexOf lower max mean median min now ' +
  'reduce repeat replace reverse round sort sortBy split splitAfter string sum take timezone toBase64 toJSON toPairs trim trimPrefix ' +
  'trimSuffix type uniq upper values';
const isBuiltIn = (name: string): boolean => builtIns.split(' ').includes(name);

const refused = (text: string, what: string): StagingError =>
  new StagingError(
    'POLICY_INVALID',
    `Failed to read the condition "${plain(text)}": ${what} of expr-lang is not among what this judge reads.`,
  );
