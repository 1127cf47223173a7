import { StagingError } from '../../../catalog/errors.js';

/** One test as its report tells it. `file` is the best place that the format names; `message` is empty unless it failed. */
export type ReportedTest = { test: string; file: string; status: 'passed' | 'failed' | 'skipped'; message: string; durationMs: number };

/** What every report format comes down to. */
export type ParsedReport = { tests: ReportedTest[] };

export const malformed = (format: string, why: string, cause?: unknown): StagingError =>
  new StagingError('ADAPTER_FAILED', `Failed to read the ${format} report: it is malformed, ${why}.`, { cause });
