import { setPriority } from 'node:os';
import type { Limits } from '../../../catalog/limits.js';
import type { Clock } from '../../ports.js';
import { createUsageMeter, readGroupUsage, type GroupUsage } from './process-usage.js';
import type { Slot } from './slot.js';

const everyMs = 1_000;
const loweredPriority = 10;

/** Holds the slots to the quota, once a second, until the signal aborts. */
export const keepQuota = async (slots: readonly Slot[], quota: Limits['quota'], clock: Clock, signal: AbortSignal): Promise<void> => {
  const enforce = createQuota(quota, clock);
  while (!signal.aborted) {
    await clock.sleep(everyMs, signal);
    if (!signal.aborted && slots.some((slot) => slot.run !== null)) enforce(slots, await readGroupUsage());
  }
};

/** Too much memory ends the process, which counts as a crash; too much CPU lowers its priority, once per process, and is said in its log. */
const createQuota = (quota: Limits['quota'], clock: Clock) => {
  const meters = new Map<Slot, ReturnType<typeof createUsageMeter>>();
  const lowered = new Set<number>();
  return (slots: readonly Slot[], usage: ReadonlyMap<number, GroupUsage>): void => {
    for (const slot of slots) {
      const { run } = slot;
      const group = run === null ? undefined : usage.get(run.pid);
      if (run === null || group === undefined) continue;
      if (group.memoryBytes > quota.memoryBytes) {
        slot.kill(`quota exceeded: memory ${group.memoryBytes} of ${quota.memoryBytes} bytes`);
        continue;
      }
      const meter = meters.get(slot) ?? createUsageMeter();
      meters.set(slot, meter);
      const { cpuCores } = meter(run.pid, group, clock.now() - run.startedAt);
      if (cpuCores <= quota.cpuCores || lowered.has(run.pid)) continue;
      lowered.add(run.pid);
      const refused = group.pids.filter((pid) => !lowerPriority(pid));
      slot.log.note(
        `quota exceeded: CPU ${cpuCores.toFixed(2)} of ${quota.cpuCores} cores, priority lowered${refused.length > 0 ? ` except of ${refused.join(', ')}` : ''}`,
      );
    }
  };
};

const lowerPriority = (pid: number): boolean => {
  try {
    setPriority(pid, loweredPriority);
    return true;
  } catch {
    return false; // it ended in between, or the system refuses: the log says which
  }
};
