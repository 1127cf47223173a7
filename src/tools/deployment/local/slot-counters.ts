import { build } from 'hdr-histogram-js';

export type Latency = { count: number; averageMs: number | null; p95Ms: number | null };

/** What the proxy saw of one slot: totals since it started, and the latencies since they were last taken. */
export const createSlotCounters = () => {
  const histogram = build({ lowestDiscernibleValue: 1, highestTrackableValue: 600_000_000, numberOfSignificantValueDigits: 3 }); // microseconds
  let requests = 0;
  let errors = 0;
  return {
    answered: (statusCode: number, elapsedMs: number): void => {
      requests += 1;
      if (statusCode >= 500) errors += 1;
      histogram.recordValue(Math.max(1, Math.round(elapsedMs * 1_000)));
    },
    /** The connection broke, or no answer came in time. */
    broke: (): void => {
      requests += 1;
      errors += 1;
    },
    totals: () => ({ requests, errors }),
    takeLatency: (): Latency => {
      const count = histogram.totalCount;
      const latency =
        count === 0
          ? { count, averageMs: null, p95Ms: null }
          : { count, averageMs: histogram.mean / 1_000, p95Ms: histogram.getValueAtPercentile(95) / 1_000 };
      histogram.reset();
      return latency;
    },
  };
};

export type SlotCounters = ReturnType<typeof createSlotCounters>;
