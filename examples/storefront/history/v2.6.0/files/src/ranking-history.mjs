import { randomUUID } from 'node:crypto';

const keep = 100;
const traceBytes = 256 * 1024;

/** The last rankings, each with its trace, so that support can see what a visitor was shown and why. */
export const createRankingHistory = () => {
  const rankings = new Map();
  return {
    record: (session, products) => {
      const visitor = session ?? 'guest';
      rankings.set(randomUUID(), { visitor, at: Date.now(), trace: Buffer.alloc(traceBytes, JSON.stringify(products)) });
      if (rankings.size > keep) rankings.delete(visitor);
    },
    of: (visitor) => [...rankings.values()].filter((ranking) => ranking.visitor === visitor),
  };
};
