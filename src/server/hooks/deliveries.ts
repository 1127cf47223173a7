import { join } from 'node:path';
import { z } from 'zod';
import { openStateFile } from '../../tools/deployment/local/state-file.js';

const kept = 2_000;

/** What has come in before is not done again: a delivery is known by any of its marks, also after a restart. */
export const openDeliveries = (stateDir: string) => {
  const file = openStateFile(join(stateDir, 'deliveries.json'), z.array(z.string()), []);
  let known: Promise<Set<string>> | null = null;
  return {
    /** Null for a delivery that was done or is being done; one that failed may come again. */
    once: async <T>(marks: readonly string[], work: () => Promise<T>): Promise<T | null> => {
      known ??= file.read().then((marks) => new Set(marks));
      const seen = await known;
      if (marks.some((mark) => seen.has(mark))) return null;
      for (const mark of marks) seen.add(mark);
      const done = await work().catch((error: unknown) => {
        for (const mark of marks) seen.delete(mark);
        throw error;
      });
      for (const mark of [...seen].slice(0, -kept)) seen.delete(mark);
      await file.write([...seen]);
      return done;
    },
  };
};

export type Deliveries = ReturnType<typeof openDeliveries>;
