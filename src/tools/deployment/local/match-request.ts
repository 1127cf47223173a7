import type { IncomingHttpHeaders } from 'node:http';
import type { RolloutConfig } from '../../../catalog/config.js';
import { linearPattern } from '../../../catalog/linear-pattern.js';
import { cookieIn } from './cookies.js';

type Match = RolloutConfig['route']['match'][number];

/** Whether the headers of a request fit any of the rules; null where there are none, so that nobody asks. */
export const createMatcher = (matches: readonly Match[]): ((headers: IncomingHttpHeaders) => boolean) | null => {
  if (matches.length === 0) return null;
  const rules = matches.map(ruleOf);
  return (headers) => rules.some((fits) => fits(headers));
};

const ruleOf = (match: Match): ((headers: IncomingHttpHeaders) => boolean) => {
  if ('headerName' in match) {
    const [name, fits] = [match.headerName.toLowerCase(), valueRule(match.headerValue)];
    return ({ [name]: value }) => value !== undefined && fits(String(value));
  }
  const fits = valueRule(match.cookieValue);
  return ({ cookie }) => {
    const value = cookieIn(cookie, match.cookieName);
    return value !== null && fits(value);
  };
};

type ValueMatch = Extract<Match, { headerName: string }>['headerValue'];

const valueRule = (rule: ValueMatch): ((value: string) => boolean) => {
  if ('exact' in rule) return (value) => value === rule.exact;
  if ('prefix' in rule) return (value) => value.startsWith(rule.prefix);
  const pattern = linearPattern(rule.regex);
  return (value) => 'fits' in pattern && pattern.fits(value);
};
