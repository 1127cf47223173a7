import type { ToolResult } from '../../../catalog/tools.js';
import type { Clock } from '../../ports.js';

type Resources = ToolResult<'run_load'>['resources'];
export type ReadResources = () => Promise<Resources>;

const intervalMs = 1_000;

/** Asks for the resources once per second until the signal aborts; the answer tells the largest values so far, null where none could be read. */
export const watchResources = (clock: Clock, read: ReadResources, signal: AbortSignal): (() => Resources) => {
  let largest: Resources = null;
  const watch = async () => {
    while (!signal.aborted) {
      const seen = await read().catch(() => null); // null is this field's word for "could not be read"
      if (seen) {
        largest = {
          cpuCores: Math.max(seen.cpuCores, largest?.cpuCores ?? 0),
          memoryBytes: Math.max(seen.memoryBytes, largest?.memoryBytes ?? 0),
        };
      }
      await clock.sleep(intervalMs, signal);
    }
  };
  void watch();
  return () => largest;
};
