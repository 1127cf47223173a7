/** Micro-dollars per million tokens. List prices as published by the vendors; `prices` in the configuration overrides them. */
export const prices: Record<string, { input: number; output: number }> = {
  runbook: { input: 0, output: 0 },
  'openai:gpt-4o': { input: 2_500_000, output: 10_000_000 },
  'openai:gpt-4o-mini': { input: 150_000, output: 600_000 },
  'openai:gpt-4.1': { input: 2_000_000, output: 8_000_000 },
  'openai:gpt-4.1-mini': { input: 400_000, output: 1_600_000 },
  'openai:gpt-5': { input: 1_250_000, output: 10_000_000 },
  'openai:gpt-5-mini': { input: 250_000, output: 2_000_000 },
};

/** Credits (micro-dollars) of a call, rounded up. A model that is not listed is charged at the highest price that is. */
export const creditsOf = (model: string, tokens: { input: number; output: number }, own: typeof prices = {}): number => {
  const table = { ...prices, ...own };
  const dearest = Object.values(table).reduce((a, b) => ({ input: Math.max(a.input, b.input), output: Math.max(a.output, b.output) }));
  const price = table[model] ?? dearest;
  return Math.ceil((tokens.input * price.input + tokens.output * price.output) / 1_000_000);
};
