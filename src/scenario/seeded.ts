/**
 * Draws that depend on a seed and a key and on nothing else: the same question has the same answer, in whatever order it is asked.
 * FNV-1a over the key, then the finaliser of MurmurHash3 (Appleby), which spreads keys that differ in one digit.
 */
export type Seeded = {
  /** 0 <= x < 1. */
  uniform: (key: string) => number;
  /** Mean 0, deviation 1 (Box and Muller 1958). */
  normal: (key: string) => number;
  /** How many of `trials` succeed when each does with `probability`: by inversion where few are expected, else by the normal law. */
  binomial: (key: string, trials: number, probability: number) => number;
};

export const seeded = (seed: number): Seeded => {
  const uniform = (key: string): number => hash(`${seed}/${key}`) / 2 ** 32;
  const normal = (key: string): number =>
    Math.sqrt(-2 * Math.log(1 - uniform(`${key}/radius`))) * Math.cos(2 * Math.PI * uniform(`${key}/angle`));
  const binomial = (key: string, trials: number, probability: number): number => {
    const mean = trials * probability;
    if (mean <= 0) return 0;
    if (mean < 20) return Math.min(trials, poisson(mean, uniform(key)));
    return clamp(Math.round(mean + Math.sqrt(mean * (1 - probability)) * normal(key)), 0, trials);
  };
  return { uniform, normal, binomial };
};

const hash = (text: string): number => {
  let mixed = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) mixed = Math.imul(mixed ^ text.charCodeAt(index), 0x01000193);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
};

const poisson = (mean: number, drawn: number): number => {
  let count = 0;
  let term = Math.exp(-mean);
  for (let sum = term; sum < drawn && count < 200; sum += term) {
    count += 1;
    term *= mean / count;
  }
  return count;
};

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));
