import { Int32Histogram } from 'hdr-histogram-js';
import type { ToolResult } from '../../../catalog/tools.js';

type Summary = Pick<ToolResult<'run_load'>, 'latencyMs' | 'distribution'>;

const microseconds = 1_000;
const hourMicroseconds = 3_600_000_000;

/** Percentiles of the distribution: every hundredth, and ever finer towards the slow end, where a target lies. 118 points. */
const percentiles = [
  ...Array.from({ length: 99 }, (_, index) => index + 1),
  ...Array.from({ length: 9 }, (_, index) => 99 + (index + 1) / 10),
  ...Array.from({ length: 9 }, (_, index) => 99.9 + (index + 1) / 100),
  100,
];

/** Latencies in milliseconds, kept in whole microseconds to three significant digits (HdrHistogram); average and maximum are exact. */
export class LatencyHistogram {
  private readonly histogram = new Int32Histogram(1, hourMicroseconds, 3);
  private sumMs = 0;
  private maxMs = 0;

  add(ms: number): void {
    this.histogram.recordValue(Math.min(hourMicroseconds, Math.max(1, Math.round(ms * microseconds))));
    this.sumMs += ms;
    this.maxMs = Math.max(this.maxMs, ms);
  }

  get count(): number {
    return this.histogram.totalCount;
  }

  summary(): Summary {
    if (this.count === 0) return { latencyMs: { average: 0, p50: 0, p95: 0, p99: 0, max: 0 }, distribution: [] };
    return {
      latencyMs: { average: this.sumMs / this.count, p50: this.at(50), p95: this.at(95), p99: this.at(99), max: this.maxMs },
      distribution: this.distribution(),
    };
  }

  /** A bucket's upper end may lie above the largest latency that was seen. */
  private at(percentile: number): number {
    return Math.min(this.maxMs, this.histogram.getValueAtPercentile(percentile) / microseconds);
  }

  /** For each percentile the value that reaches it, with the number of requests up to there; a value that reaches several is told once. */
  private distribution(): Array<[number, number]> {
    const points: Array<[number, number]> = [];
    const targets = percentiles.map((percentile) => (percentile / 100) * this.count);
    const values = this.histogram.recordedValuesIterator;
    values.reset();
    while (values.hasNext()) {
      const { valueIteratedTo, totalCountToThisValue } = values.next();
      const reached = targets.findIndex((target) => target > totalCountToThisValue);
      if (reached === 0) continue;
      targets.splice(0, reached === -1 ? targets.length : reached);
      const upTo = this.histogram.highestEquivalentValue(valueIteratedTo) / microseconds;
      points.push([totalCountToThisValue === this.count ? this.maxMs : upTo, totalCountToThisValue]);
    }
    return points;
  }
}
