import { probit } from 'simple-statistics';

/**
 * The standard normal distribution function, to about fifteen digits in both tails: the series of Marsaglia (2004, Journal of
 * Statistical Software 11:4) near the centre, the continued fraction of Laplace beyond.
 */
export const normalCdf = (z: number): number => {
  if (Number.isNaN(z)) return NaN;
  if (z > 3) return 1 - upperTail(z);
  if (z < -3) return upperTail(-z);
  let sum = z;
  let term = z;
  for (let odd = 3; Math.abs(term) > 1e-18; odd += 2) {
    term *= (z * z) / odd;
    sum += term;
  }
  return 0.5 + sum * normalDensity(z);
};

/** P(Z > z): not `1 - normalCdf(z)`, which loses the far tail. */
export const normalTail = (z: number): number => (z > 3 ? upperTail(z) : 1 - normalCdf(z));

const upperTail = (z: number): number => {
  if (z > 40) return 0;
  let fraction = z;
  // The farther out, the fewer levels the fraction needs.
  for (let level = Math.ceil(360 / z); level > 0; level -= 1) fraction = z + level / fraction;
  return normalDensity(z) / fraction;
};

export const normalDensity = (z: number): number => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);

/** The inverse of {@link normalCdf}: the three digits of simple-statistics' `probit`, sharpened by Halley's method. */
export const normalQuantile = (probability: number): number => {
  if (probability <= 0) return -Infinity;
  if (probability >= 1) return Infinity;
  if (probability > 0.5) return -lowerQuantile(1 - probability);
  return probability === 0.5 ? 0 : lowerQuantile(probability);
};

const lowerQuantile = (probability: number): number => {
  // Below the reach of `probit` the start is the leading term of the tail's expansion.
  let z = probability > 1e-6 ? probit(probability) : -Math.sqrt(-2 * Math.log(probability));
  for (let step = 0; step < 8; step += 1) {
    const error = (normalCdf(z) - probability) / normalDensity(z);
    z -= error / (1 + (z * error) / 2);
  }
  return z;
};
