import { probit } from 'simple-statistics';
import type { RolloutConfig } from '../catalog/config.js';
import type { Analysis, Sample } from '../catalog/measurements.js';
import { withMirrored } from './with-mirrored.js';
import { counted, formatPercent } from './words.js';

type Rules = RolloutConfig['analysis'];

/** Judges the candidate by the samples of both slots over the same time, oldest first. Pure, and a breach is not its business. */
export type JudgeSlots = (slots: { candidate: readonly Sample[]; stable: readonly Sample[] }, rules: Rules) => Analysis;

type Count = { requests: number; errors: number };

/**
 * Whether the candidate fails more requests than the stable version, beyond the allowed increase: a confidence interval of the
 * difference of two proportions (Newcombe 1998, method 10, Statistics in Medicine 17:873). Above the increase as a whole it
 * failed, below it passed, across it nobody knows yet.
 *
 * It is asked again with every sample, so it only looks when the candidate's requests have grown by a quarter, and the k-th look
 * spends 1 / k(k + 1) of the error that is allowed to all of them together (Bonferroni over looks). A look that failed stays failed.
 */
export const compareSlots: JudgeSlots = ({ candidate, stable }, rules) => {
  let last: Analysis = { outcome: 'inconclusive', reason: `the candidate got fewer than ${firstLook} requests in this step` };
  for (const [index, look] of looksAt(candidate).entries()) {
    last = lookAt(look.count, countOf(stable.filter((sample) => sample.at <= look.at)), rules, index + 1);
    if (last.outcome === 'failed') return last;
  }
  return last;
};

const firstLook = 20;
const growth = 1.25;

const looksAt = (samples: readonly Sample[]): { at: number; count: Count }[] => {
  const looks = [];
  const count = { requests: 0, errors: 0 };
  let due = firstLook;
  for (const sample of samples) {
    const { requests, errors } = countOf([sample]);
    count.requests += requests;
    count.errors += errors;
    if (count.requests < due) continue;
    looks.push({ at: sample.at, count: { ...count } });
    due = count.requests * growth;
  }
  return looks;
};

const countOf = (samples: readonly Sample[]): Count =>
  samples
    .map(withMirrored)
    .reduce((total, { requests, errors }) => ({ requests: total.requests + requests, errors: total.errors + errors }), {
      requests: 0,
      errors: 0,
    });

const lookAt = (candidate: Count, stable: Count, { errorRateIncrease, confidence }: Rules, look: number): Analysis => {
  if (stable.requests === 0)
    return { outcome: 'inconclusive', reason: 'the stable version got no request at the same time, so there is nothing to compare with' };
  const z = probit(1 - (1 - confidence) / (look * (look + 1)));
  const { lower, upper } = differenceOf(candidate, stable, z);
  const seen = `${said(candidate)} of the candidate failed and ${said(stable)} of the stable version`;
  const allowed = `${formatPercent(errorRateIncrease)} more are allowed`;
  if (lower > errorRateIncrease) return { outcome: 'failed', reason: `${seen}: at least ${points(lower)} more, where ${allowed}` };
  if (upper <= errorRateIncrease) return { outcome: 'passed', reason: `${seen}: at most ${points(upper)} more, where ${allowed}` };
  const missing = missingRequests(candidate, stable, errorRateIncrease, z);
  const more =
    missing === null ? 'at this rate more requests would not decide it' : `about ${counted(missing, 'more request')} would decide it`;
  return { outcome: 'inconclusive', reason: `${seen}: between ${points(lower)} and ${points(upper)} more, where ${allowed}; ${more}` };
};

const said = ({ requests, errors }: Count): string => `${errors} of ${counted(requests, 'request')}`;
const points = (difference: number): string => formatPercent(Number(difference.toPrecision(2)));

const differenceOf = (one: Count, other: Count, z: number): { lower: number; upper: number } => {
  const [a, b] = [wilson(one, z), wilson(other, z)];
  const difference = a.rate - b.rate;
  return {
    lower: difference - Math.hypot(a.rate - a.lower, b.upper - b.rate),
    upper: difference + Math.hypot(a.upper - a.rate, b.rate - b.lower),
  };
};

/** Wilson's score interval of one proportion. */
const wilson = ({ requests, errors }: Count, z: number): { rate: number; lower: number; upper: number } => {
  const rate = errors / requests;
  const middle = (rate + z ** 2 / (2 * requests)) / (1 + z ** 2 / requests);
  const half = (z / (1 + z ** 2 / requests)) * Math.sqrt((rate * (1 - rate)) / requests + z ** 2 / (4 * requests ** 2));
  return { rate, lower: Math.max(0, middle - half), upper: Math.min(1, middle + half) };
};

/** To the candidate, if both went on as they do and as often looked at; null when not even a thousand times as many would do. */
const missingRequests = (candidate: Count, stable: Count, increase: number, z: number): number | null => {
  for (let times = 1.1; times <= 1_000; times *= 1.1) {
    const { lower, upper } = differenceOf(scaled(candidate, times), scaled(stable, times), z);
    if (lower > increase || upper <= increase) return Math.ceil(candidate.requests * (times - 1));
  }
  return null;
};

const scaled = ({ requests, errors }: Count, times: number): Count => ({ requests: requests * times, errors: errors * times });
