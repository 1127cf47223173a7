import { z } from 'zod';
import { jsonReport } from './json-report.js';
import { malformed, type ParsedReport, type ReportedTest } from './parsed-report.js';

/**
 * The JSON report of Jest, which Vitest writes as well. A file that could not be loaded, or whose hooks broke, has no failed test
 * of its own: it counts as one failed test.
 */
export const parseJestReport = (text: string): ParsedReport => {
  const tests = jsonReport('jest', schema, text).testResults.flatMap(testsOf);
  const unknown = tests.find((one) => one.status === null);
  if (unknown) throw malformed('jest', `the test "${unknown.test}" has no known status`);
  return { tests: tests as ReportedTest[] }; // no status is null any more
};

const statuses: Record<string, ReportedTest['status']> = {
  passed: 'passed',
  failed: 'failed',
  pending: 'skipped',
  skipped: 'skipped',
  todo: 'skipped',
  disabled: 'skipped',
};

const schema = z.object({
  testResults: z.array(
    z.object({
      name: z.string().default(''),
      status: z.string().default('passed'),
      message: z.string().nullish(),
      assertionResults: z
        .array(
          z.object({
            fullName: z.string().optional(),
            title: z.string().default(''),
            ancestorTitles: z.array(z.string()).default([]),
            status: z.string(),
            duration: z.number().nullish(),
            failureMessages: z.array(z.string()).nullish(),
          }),
        )
        .default([]),
    }),
  ),
});
type TestFile = z.infer<typeof schema>['testResults'][number];

const testsOf = (file: TestFile): Array<Omit<ReportedTest, 'status'> & { status: ReportedTest['status'] | null }> => {
  const tests = file.assertionResults.map((one) => ({
    test: one.ancestorTitles.length > 0 ? [...one.ancestorTitles, one.title].filter(Boolean).join(' > ') : one.fullName || one.title,
    file: file.name,
    status: statuses[one.status] ?? null,
    message: one.failureMessages?.[0] ?? '',
    durationMs: Math.max(0, one.duration ?? 0),
  }));
  if (file.status !== 'failed' || tests.some((one) => one.status === 'failed')) return tests;
  return [
    ...tests,
    {
      test: 'outside every test',
      file: file.name,
      status: 'failed',
      message: file.message || 'the file failed outside its tests',
      durationMs: 0,
    },
  ];
};
