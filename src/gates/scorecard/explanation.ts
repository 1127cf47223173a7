import { formatNumber } from '../words.js';
import { marginOf, type Operator } from './criterion.js';

/** Why one metric or objective was judged as it was, in the same shape for every format. A null was not known or does not apply. */
export type Explanation = {
  name: string;
  outcome: string;
  rule: string;
  value: number | null;
  target: number | null;
  margin: number | null;
  baseline: number | null;
  samples: number | null;
  /** What was found, in words. */
  reason: string;
  /** The nearest thing that would have given another outcome. */
  wouldChange: string;
};

/** Everything unknown: what an explanation starts from. */
export const unexplained = { value: null, target: null, margin: null, baseline: null, samples: null } as const;

/** One comparison that was made. */
export type Compared = { operator: Operator; target: number; holds: boolean };

/**
 * The comparison that decides among alternatives (one of them suffices) of conditions (each of them is needed): in each alternative the
 * tightest, and of those the one nearest to holding.
 */
export const decisive = <C extends Compared>(value: number, alternatives: readonly (readonly C[])[]): C | null => {
  const byFit = (a: C, b: C): number => Number(a.holds) - Number(b.holds) || fit(a) - fit(b);
  const fit = ({ operator, target }: C): number => marginOf(operator, value, target);
  const tightest = alternatives.flatMap((conditions) => [...conditions].sort(byFit).slice(0, 1));
  return tightest.sort(byFit).at(-1) ?? null;
};

/** A number in a sentence; what is no finite number is named. */
export const said = (value: number): string => (Number.isFinite(value) ? formatNumber(value) : String(value));

/** `12 is 2 above 10`: how a value lies to its target. */
export const distance = (value: number, target: number): string => {
  if (value === target) return `${said(value)} is exactly ${said(target)}`;
  const away = Math.abs(value - target);
  return `${said(value)} is ${said(away)} ${value > target ? 'above' : 'below'} ${said(target)}`;
};

/** The values that would have turned a comparison: `a value up to 11`. */
export const otherSide = ({ operator, target, holds }: Compared): string =>
  `a value ${(holds ? beyond : within)[operator]} ${said(target)}`;

const within: Record<Operator, string> = { '<=': 'up to', '<': 'below', '>=': 'of at least', '>': 'above', '=': 'of exactly' };
const beyond: Record<Operator, string> = { '<=': 'above', '<': 'of at least', '>=': 'below', '>': 'up to', '=': 'other than' };
