const numberWords = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  twelve: 12,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  forty: 40,
  'forty-five': 45,
  sixty: 60,
  ninety: 90,
  half: 0.5,
} as const;

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A number as people write it, for a pattern. */
export const amount = String.raw`(?:\d+(?:[.,]\d+)?|${Object.keys(numberWords).sort().reverse().join('|')})`;

/** "ten minutes", "90 s", "half an hour", "24h", for a pattern. */
export const duration = String.raw`(?:${amount})[ -]*(?:an? )?(?:seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)\b`;

export const amountIn = (text: string): number => {
  const word = text.toLowerCase();
  return Object.hasOwn(numberWords, word) ? numberWords[word as keyof typeof numberWords] : Number(word.replace(',', '.')); // the test before asks whether it is one
};

/** Milliseconds of what `duration` matched. */
export const durationIn = (text: string): number => {
  const [, count = '', unit = ''] = new RegExp(`^(${amount})[ -]*(?:an? )?([smhd])`, 'i').exec(text) ?? [];
  return amountIn(count) * unitMs[unit.toLowerCase() as keyof typeof unitMs]; // the pattern lets no other letter through
};
