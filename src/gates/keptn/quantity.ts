const suffixes: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A Kubernetes quantity (`3m` is 0.003, `2Ki` is 2048, `1e3`) as a number; null where the text is none. */
export const parseQuantity = (quantity: string | number): number | null => {
  if (typeof quantity === 'number') return Number.isFinite(quantity) ? quantity : null;
  const [, number, exponent, suffix = ''] =
    /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?$/.exec(quantity.trim()) ?? [];
  if (number === undefined) return null;
  return exponent === undefined ? Number(number) * (suffixes[suffix] ?? NaN) : Number(number + exponent);
};
