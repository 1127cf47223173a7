/** `npm test` takes a few of what is alike, so that it ends in minutes; `npm run test:all` takes everything. */
export const everything = process.env['TEST_ALL'] !== undefined;

/** The first of every `every`; all of them with `npm run test:all`. */
export const sampled = <T>(alike: readonly T[], every: number): T[] => alike.filter((_, place) => everything || place % every === 0);
