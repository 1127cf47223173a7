import type { RolloutConfig } from '../../../catalog/config.js';
import { cookieFor, cookieIn } from './cookies.js';

type Affinity = NonNullable<RolloutConfig['route']['sessionAffinity']>;

/** `place` is where the visitor stands in 0..100: with more weight than that it goes to the candidate. */
export type Visitor = { place: number; setCookie: string | null };

const numbers = 10_000;
/** Prime to `numbers` and near its golden section: any run of new visitors is spread evenly, so their share follows the weight. */
const stride = 6_181;

/**
 * Gives each visitor a number for life and compares it with the weight: who is on the candidate stays there while the weight
 * rises, and nobody goes back and forth. `candidate` turns the circle, so that it is not the same people first every time.
 */
export const createVisitors = ({ cookieName, maxAgeMs }: Affinity) => {
  let next = 0;
  return {
    visitorOf: (cookies: string | undefined, candidate: string): Visitor => {
      const known = cookieIn(cookies, cookieName);
      if (known !== null && /^\d{1,4}$/.test(known)) return { place: placeOf(Number(known), candidate), setCookie: null };
      const number = (next = (next + stride) % numbers);
      return { place: placeOf(number, candidate), setCookie: cookieFor(cookieName, String(number), maxAgeMs) };
    },
  };
};

const placeOf = (number: number, candidate: string): number => ((number + turnOf(candidate)) % numbers) / (numbers / 100);

const turnOf = (candidate: string): number => {
  let turn = 0;
  for (let at = 0; at < candidate.length; at += 1) turn = (turn * 31 + candidate.charCodeAt(at)) % numbers;
  return turn;
};
