/** A release that has begun nothing before. */
export const noIntents = { has: () => Promise.resolve(false), add: () => Promise.resolve() };
