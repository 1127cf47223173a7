import { digestOfText } from '../../blackboard/digest.js';
import type { Postgres } from '../../blackboard/postgres.js';
import { systemClock } from '../../tools/system-clock.js';
import { loadShared } from './database.js';

/**
 * Tells workers that there may be something to do for an environment, now or at a time. A wake-up carries nothing: what is to be done
 * stands in the line, so that one too many does nothing, and one that was lost is made up for by the worker that looks for the unattended.
 */
export type WakeUps = {
  wake: (environment: string, afterMs?: number) => Promise<void>;
  /** Calls whenever one of these environments is woken. Returns how to stop. */
  answer: (environments: readonly string[], call: (environment: string) => void) => Promise<void>;
  close: () => Promise<void>;
};

/** On pg-boss, in its own schema. Throws DATABASE_PACKAGES_MISSING, DATABASE_UNREACHABLE. */
export const openWakeUps = async ({ plain }: Postgres, { works }: { works: boolean }): Promise<WakeUps> => {
  const { PgBoss } = await loadShared();
  const boss = new PgBoss({
    ...{ db: { executeSql: plain }, schema: 'staging_queue', schedule: false, supervise: works },
    ...{ maintenanceIntervalSeconds: 60, deleteAfterHours: 1, archiveCompletedAfterSeconds: 600 },
  });
  boss.on('error', () => undefined); // it asks again by itself
  await boss.start();
  const made = new Map<string, Promise<string>>();
  const queueOf = (environment: string): Promise<string> => {
    const name = digestOfText(environment).slice('sha256:'.length, 'sha256:'.length + 24); // a service may have any name
    const making = made.get(name) ?? boss.createQueue(name, { name, policy: 'short', retryLimit: 0 }).then(() => name);
    made.set(name, making);
    return making;
  };
  return {
    wake: async (environment, afterMs = 0) => {
      const startAfter = Math.ceil(afterMs / 1_000);
      const singletonKey = startAfter > 0 ? String(systemClock.now() + afterMs) : 'now'; // of those for now one is enough
      await boss.send(await queueOf(environment), {}, { singletonKey, startAfter, retentionDays: 30 });
    },
    answer: async (environments, call) => {
      for (const environment of environments)
        await boss.work(await queueOf(environment), { pollingIntervalSeconds: 1, batchSize: 10 }, () => Promise.resolve(call(environment)));
    },
    close: () => boss.stop({ graceful: false, wait: false, close: false }),
  };
};
