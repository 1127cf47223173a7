import { join } from 'node:path';
import { z } from 'zod';
import { redactAll } from '../../catalog/redact.js';
import { environment } from '../../catalog/measurements.js';
import type { EnvironmentName } from '../../catalog/tools.js';
import { openStateFile } from './local/state-file.js';

export const interventionSchema = z.object({
  kind: z.enum(['person', 'alert']),
  /** Who said so, or the alert by its name. */
  by: z.string().min(1),
  at: z.number(),
  reason: z.string(),
  /** null: wherever the candidate has traffic. */
  environment: environment.nullable(),
  /** null: whatever is being rolled out. */
  release: z.string().nullable(),
});
export type Intervention = z.infer<typeof interventionSchema>;

type Place = { environment: EnvironmentName; release: string; sinceAt: number };

/** A person or an alert that takes traffic away from a candidate while another process is at work on it. */
export interface Interventions {
  ask(intervention: Intervention): Promise<void>;
  /**
   * The first that concerns a release there: one that names it counts whenever it was said, any other from `sinceAt` on. What was
   * said of staging counts in production too, as it is the same artifact.
   */
  pending(place: Place): Promise<Intervention | null>;
}

/** Kept in `<stateDir>/interventions.json`, which the process at work reads several times per sample. Throws STORE_UNREADABLE. */
export const openInterventions = (stateDir: string): Interventions =>
  keptIn(openStateFile(join(stateDir, 'interventions.json'), z.array(interventionSchema), []));

/** The same for one process, which nobody outside can tell anything. */
export const interventionsInMemory = (): Interventions => {
  let said: Intervention[] = [];
  return keptIn({ read: () => Promise.resolve(said), write: (next) => Promise.resolve(void (said = next)) });
};

type Kept = { read(): Promise<Intervention[]>; write(next: Intervention[]): Promise<void> };

const keptIn = (kept: Kept): Interventions => {
  let asked: Promise<void> = Promise.resolve();
  return {
    ask: (intervention) => {
      const add = async () => kept.write([...(await kept.read()).slice(-99), redactAll(intervention)]);
      asked = asked.then(add, add); // one after the other, so that none overwrites another
      return asked;
    },
    pending: async (place) => (await kept.read()).find((one) => concerns(one, place)) ?? null,
  };
};

/** Whether what was said is about a release there. */
export const concerns = (one: Intervention, { environment: here, release, sinceAt }: Place): boolean => {
  if (one.environment === 'production' && here === 'staging') return false;
  return one.release === null ? one.at >= sinceAt : one.release === release;
};
