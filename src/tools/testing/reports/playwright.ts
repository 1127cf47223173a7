import { z } from 'zod';
import { jsonReport } from './json-report.js';
import type { ParsedReport, ReportedTest } from './parsed-report.js';

/**
 * The JSON report of Playwright: one test per spec and project. A flaky test passed in the end and counts as passed; an error
 * outside every test, such as a set-up that broke, counts as a failed one.
 */
export const parsePlaywrightReport = (text: string): ParsedReport => {
  const report = jsonReport('playwright', schema, text);
  return {
    tests: [
      ...report.suites.flatMap((suite) => testsOf(suite, [], suite.file ?? '')),
      ...report.errors.map((error): ReportedTest => ({
        test: 'outside every test',
        file: '',
        status: 'failed',
        message: error.message ?? '',
        durationMs: 0,
      })),
    ],
  };
};

const errorSchema = z.object({ message: z.string().optional() });
const resultSchema = z.object({
  status: z.string().optional(),
  duration: z.number().default(0),
  error: errorSchema.nullish(),
  errors: z.array(errorSchema).default([]),
});
const testSchema = z.object({
  projectName: z.string().default(''),
  status: z.enum(['expected', 'unexpected', 'flaky', 'skipped']),
  results: z.array(resultSchema).default([]),
});
const specSchema = z.object({ title: z.string(), file: z.string().optional(), tests: z.array(testSchema).default([]) });
const suiteSchema = z.object({
  title: z.string().default(''),
  file: z.string().optional(),
  specs: z.array(specSchema).default([]),
  get suites() {
    return z.array(suiteSchema).default([]);
  },
});
const schema = z.object({ suites: z.array(suiteSchema), errors: z.array(errorSchema).default([]) });

const statuses = { expected: 'passed', flaky: 'passed', unexpected: 'failed', skipped: 'skipped' } as const;

const testsOf = (suite: z.infer<typeof suiteSchema>, titles: readonly string[], outerFile: string): ReportedTest[] => {
  const file = suite.file ?? outerFile;
  const path = suite.title && suite.title !== file ? [...titles, suite.title] : titles;
  return [
    ...suite.specs.flatMap((spec) =>
      spec.tests.map((one) => ({
        test: [...path, spec.title].join(' > ') + (one.projectName ? ` [${one.projectName}]` : ''),
        file: spec.file ?? file,
        status: statuses[one.status],
        message: one.status === 'unexpected' ? messageOf(one.results) : '',
        durationMs: one.results.reduce((sum, result) => sum + Math.max(0, result.duration), 0),
      })),
    ),
    ...suite.suites.flatMap((inner) => testsOf(inner, path, file)),
  ];
};

const messageOf = (results: ReadonlyArray<z.infer<typeof resultSchema>>): string => {
  for (const result of results) {
    const message = result.error?.message ?? result.errors[0]?.message;
    if (message) return message;
  }
  return `ended as ${results.at(-1)?.status ?? 'not run'}, which was not expected`;
};
