import { createHash } from 'node:crypto';
import { relative, sep } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { ToolResult } from '../../../catalog/tools.js';
import type { ParsedReport } from '../reports/parsed-report.js';

type Counts = Pick<ToolResult<'run_suite'>, 'total' | 'passed' | 'failed' | 'skipped' | 'durationMs' | 'failures'>;

const maxMessage = 2_000;

/**
 * Counts what a report tells; `durationMs` is the sum over its tests. A failure keeps its id from run to run and from artifact to
 * artifact, so that a fix can be seen to fix it: its file is told relative to `root`.
 */
export const countTests = (suite: string, root: string, { tests }: ParsedReport): Counts => {
  const failed = tests.filter((one) => one.status === 'failed');
  return {
    total: tests.length,
    passed: tests.filter((one) => one.status === 'passed').length,
    failed: failed.length,
    skipped: tests.filter((one) => one.status === 'skipped').length,
    durationMs: tests.reduce((sum, one) => sum + one.durationMs, 0),
    failures: failed.map(({ test, file: path, message }) => {
      const file = path.startsWith(root + sep) ? relative(root, path) : path;
      return { id: testId(suite, file, test), test, file, message: stripVTControlCharacters(message).slice(0, maxMessage) };
    }),
  };
};

const testId = (suite: string, file: string, test: string): string =>
  createHash('sha256')
    .update(JSON.stringify([suite, file, test]))
    .digest('hex')
    .slice(0, 16);
