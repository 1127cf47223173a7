/** Compares a measured value with a target. */
export const operators = {
  '<=': (measured: number, target: number) => measured <= target,
  '<': (measured: number, target: number) => measured < target,
  '>=': (measured: number, target: number) => measured >= target,
  '>': (measured: number, target: number) => measured > target,
  '=': (measured: number, target: number) => measured === target,
} as const;

export type Operator = keyof typeof operators;

/** `relative` is how far from the baseline the target lies; null compares with a fixed value. */
export type Criterion = { text: string; operator: Operator; value: number; relative: 'percent' | 'absolute' | null; sign: 1 | -1 };

/**
 * Reads a criterion in Keptn's notation: `<500` is fixed, `<=+10%`, `>-5` and `<=10%` are relative to a baseline (a percent sign or a
 * sign before the number makes it so). Gives `{ error }` where the text is none.
 */
export const parseCriterion = (text: string): Criterion | { error: string } => {
  const compact = text.replaceAll(' ', '');
  const operator = operatorNames.find((name) => compact.startsWith(name));
  if (operator === undefined) return { error: `"${text}" does not begin with one of <, <=, =, >= or >` };
  const [, sign = '', number = '', percent = ''] = /^([+-]?)(.*?)(%?)$/.exec(compact.slice(operator.length)) ?? [];
  if (!numberPattern.test(number) || (Number(number) === Infinity && /\d/.test(number)))
    return { error: `"${text}" has no number after ${operator}` };
  const relative = percent === '%' ? 'percent' : sign === '' ? null : 'absolute';
  return { text, operator, value: toNumber(number), relative, sign: sign === '-' ? -1 : 1 };
};

/** Longer names first, so that `<=` is not read as `<`. */
const operatorNames = ['<=', '>=', '<', '>', '='] as const;

/** Keptn takes one sign off and gives the rest to Go, which reads another one, and infinities. */
const numberPattern = /^[+-]?(\d+(?:\.\d*)?(e[+-]?\d+)?|\.\d+(e[+-]?\d+)?|inf(inity)?|nan)$/i;

const toNumber = (text: string): number => {
  const [, sign = '', size = ''] = /^([+-]?)(.*)$/.exec(text) ?? [];
  return (sign === '-' ? -1 : 1) * (/^inf/i.test(size) ? Infinity : Number(size));
};

/** How far inside its target a value lies: negative outside, in the unit of the value. */
export const marginOf = (operator: Operator, measured: number, target: number): number => {
  switch (operator) {
    case '<=':
    case '<':
      return target - measured;
    case '>=':
    case '>':
      return measured - target;
    case '=':
      return -Math.abs(measured - target);
  }
};
