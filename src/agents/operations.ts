import { digestOf } from '../blackboard/digest.js';
import { StagingError } from '../catalog/errors.js';
import type { Cost, JournalEntry, Store } from '../blackboard/store.js';
import { redactAll } from '../catalog/redact.js';
import type { Clock } from '../tools/ports.js';

export type Operation<T> = {
  /** What makes it the same operation: release, event, tool, arguments. */
  parts: readonly unknown[];
  name: string;
  reservedCredits?: number;
  /** Throws LIMIT_REACHED where the release would spend more; then nothing is reserved. */
  maxCredits?: number;
  run: () => Promise<T>;
  cost?: (value: T) => Cost;
  entries?: (value: T, digest: () => string) => JournalEntry[] | Promise<JournalEntry[]>;
};

export type Operations = { once<T>(operation: Operation<T>): Promise<{ value: T; digest: string; at: number; repeated: boolean }> };

/**
 * Runs an operation once per release, however often its node runs: what is finished is read back, what was begun and not
 * finished is begun again (the adapters are idempotent). What comes back holds no secret, the first time
 * as the second. `mayBegin` throws where nothing new is to begin. See docs/decisions/0001-operations.md for why this is not `task()`.
 */
export const operations = (release: string, store: Store, clock: Clock, mayBegin: () => void = () => undefined): Operations => ({
  async once<T>({ parts, name, reservedCredits = 0, maxCredits, run, cost, entries }: Operation<T>) {
    const id = digestOf([release, ...parts]);
    const known = await store.operation(id);
    if (known?.finishedAt != null && known.digest !== null) {
      return { value: (await store.evidence(known.digest)) as T, digest: known.digest, at: known.finishedAt, repeated: true }; // written by this very operation
    }
    mayBegin();
    const start = { id, release, name, at: clock.now(), reservedCredits };
    if (!(await store.beginOperation({ ...start, ...(maxCredits !== undefined && { maxCredits }) }))) {
      const left = (maxCredits ?? 0) - (await store.spent(release)).credits;
      throw new StagingError(
        'LIMIT_REACHED',
        `Stopped before a model call: it could cost ${reservedCredits} credits, and ${left} of ${maxCredits} are left.`,
      );
    }
    const value = redactAll(await run());
    const at = clock.now();
    const digest = await store.finishOperation({
      id,
      release,
      at,
      value,
      ...(cost && { cost: cost(value) }),
      entries: (await entries?.(value, () => digestOf(value))) ?? [],
    });
    return { value, digest, at, repeated: false };
  },
});
