import type { SlotName } from '../../../catalog/tools.js';
import type { Latency } from './slot-counters.js';
import type { Slot } from './slot.js';

/** What is known of an occupied slot. `requests` and `errors` are totals since the proxy started; `latency` is taken: it holds what came since the last look. */
export type SlotObservation = {
  slot: SlotName;
  /** Which of several services; left out, the first. */
  service?: string;
  version: string;
  /** null while its process is down. */
  url: string | null;
  pid: number | null;
  restarts: number;
  errorLogLines: number;
  counters: { requests: number; errors: number; latency: Latency };
  /** The same of copies. */
  mirrored: { requests: number; errors: number; latency: Latency };
};

export const observeSlot = ({ slot, artifact, run, restarts, log, counters, mirrored }: Slot): SlotObservation[] =>
  artifact === null
    ? []
    : [
        {
          slot,
          version: artifact.version,
          url: run?.target.url ?? null,
          pid: run?.pid ?? null,
          restarts,
          errorLogLines: log.errorLines(),
          counters: { ...counters.totals(), latency: counters.takeLatency() },
          mirrored: { ...mirrored.totals(), latency: mirrored.takeLatency() },
        },
      ];
