/** One promise of a contract: run it as a test. `skip` says why this adapter does without. */
export type ConformanceCase = { title: string; run: () => Promise<void>; skip?: string };

/** Promises that an adapter does without, by title, each with the reason. */
export type Skips = Record<string, string>;

type Closable = { close: () => Promise<void> };

/** The cases of a contract, each on a subject of its own that is closed behind it. A skip that names no case throws. */
export const conformance = <T extends Closable>(
  open: () => Promise<T>,
  promises: Record<string, (subject: T) => void | Promise<void>>,
  skips: Skips = {},
): ConformanceCase[] => {
  const stray = Object.keys(skips).find((title) => !Object.hasOwn(promises, title));
  if (stray !== undefined) throw new RangeError(`There is no promise "${stray}" to skip.`);
  return Object.entries(promises).map(([title, keep]) => ({
    title,
    run: async () => {
      const subject = await open();
      try {
        await keep(subject);
      } finally {
        await subject.close();
      }
    },
    ...(skips[title] !== undefined && { skip: skips[title] }),
  }));
};
