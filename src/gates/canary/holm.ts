export type Rejection = { rejected: boolean; adjusted: number; level: number };

/**
 * Holm's step-down correction (Scandinavian Journal of Statistics 6, 1979): of `p` values in their own order, which are small
 * enough that the chance of even one false alarm among all of them stays within `level`. `levelOf` turns a share of that level
 * into the one a value is held against: itself for a single look, the level of the newest look of several (Ye et al., 2013).
 */
export const holm = (values: readonly number[], level: number, levelOf: (share: number) => number = (share) => share): Rejection[] => {
  const order = values.map((_, index) => index).sort((a, b) => (values[a] ?? 1) - (values[b] ?? 1));
  const results: Rejection[] = [];
  let [open, adjusted] = [true, 0];
  for (const [rank, index] of order.entries()) {
    const p = values[index] ?? 1;
    const left = values.length - rank;
    const held = levelOf(level / left);
    open &&= p <= held;
    adjusted = Math.max(adjusted, Math.min(1, p * left));
    results[index] = { rejected: open, adjusted, level: held };
  }
  return results;
};
