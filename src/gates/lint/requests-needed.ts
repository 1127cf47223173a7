import { probit } from 'simple-statistics';

/**
 * How many requests show that a rate of errors is `harmful` and not `expected`, one-sided: the sample size of a test of one proportion in
 * the normal approximation (Fleiss, Statistical Methods for Rates and Proportions). `alpha` is the chance of a false alarm, `power`
 * that of an alarm where there is harm.
 */
export const requestsNeeded = ({
  expected,
  harmful,
  alpha = 0.05,
  power = 0.8,
}: {
  expected: number;
  harmful: number;
  alpha?: number;
  power?: number;
}): number => {
  if (!(harmful > expected)) return Infinity;
  const spread = probit(1 - alpha) * deviation(expected) + probit(power) * deviation(harmful);
  return Math.max(1, Math.ceil((spread / (harmful - expected)) ** 2));
};

const deviation = (rate: number): number => Math.sqrt(rate * (1 - rate));
