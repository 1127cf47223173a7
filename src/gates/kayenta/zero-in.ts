const tolerance = 1e-4;
const maxSteps = 1_000;

export type End = { at: number; value: number };

/**
 * The root of `f` between two ends, by Brent's method (R. P. Brent, Algorithms for Minimization without Derivatives, 1973,
 * chapter 4), with the tolerance that R's `wilcox.test` and Kayenta use. The functions searched here are steps, so the answer
 * depends on the path: every rule of the method is kept in its order.
 */
export const zeroIn = (f: (at: number) => number, start: End, end: End): number => {
  if (start.value === 0) return start.at;
  if (end.value === 0) return end.at;
  let last = start;
  let best = end;
  let opposite = start;
  for (let step = 0; step <= maxSteps; step += 1) {
    const lastStep = best.at - last.at;
    if (Math.abs(opposite.value) < Math.abs(best.value)) {
      last = best;
      best = opposite;
      opposite = last;
    }
    const near = 2 * Number.EPSILON * Math.abs(best.at) + tolerance / 2;
    const half = (opposite.at - best.at) / 2;
    if (Math.abs(half) <= near || best.value === 0) return best.at;
    const trusted = Math.abs(lastStep) >= near && Math.abs(last.value) > Math.abs(best.value);
    const wanted = (trusted ? interpolated(last, best, opposite, near, lastStep) : null) ?? half;
    const move = Math.abs(wanted) >= near ? wanted : wanted > 0 ? near : -near;
    last = best;
    best = { at: last.at + move, value: f(last.at + move) };
    if (best.value > 0 === opposite.value > 0 && best.value !== 0 && opposite.value !== 0) opposite = last;
  }
  return best.at;
};

/** A secant or inverse-quadratic step as the fraction p/q, or null when it leaves the bracket or shrinks it too slowly. */
const interpolated = (last: End, best: End, opposite: End, near: number, lastStep: number): number | null => {
  const width = opposite.at - best.at;
  let p: number;
  let q: number;
  if (last.at === opposite.at) {
    const slope = best.value / last.value;
    p = width * slope;
    q = 1 - slope;
  } else {
    const ratio = last.value / opposite.value;
    const toOpposite = best.value / opposite.value;
    const toLast = best.value / last.value;
    p = toLast * (width * ratio * (ratio - toOpposite) - (best.at - last.at) * (toOpposite - 1));
    q = (ratio - 1) * (toOpposite - 1) * (toLast - 1);
  }
  if (p > 0) q = -q;
  else p = -p;
  const inside = p < 0.75 * width * q - Math.abs(near * q) / 2 && p < Math.abs((lastStep * q) / 2);
  return inside ? p / q : null;
};
