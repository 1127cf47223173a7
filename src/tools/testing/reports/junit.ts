import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import { reason } from '../../../catalog/errors.js';
import { malformed, type ParsedReport, type ReportedTest } from './parsed-report.js';
import { decodeXml } from './xml-text.js';

/**
 * JUnit XML as Maven Surefire, pytest, Vitest, Go and others write it: `testsuite`s nest, and a test without `failure`, `error` or
 * `skipped` has passed. The counts in attributes are not read: they are what the runner claims. Entities that a document declares
 * are never expanded, and elements nest at most 100 deep.
 */
export const parseJunitReport = (text: string): ParsedReport => {
  let document: unknown;
  try {
    document = parser.parse(text, true);
  } catch (error) {
    throw malformed('junit', reason(error), error);
  }
  const parsed = documentSchema.safeParse(document);
  if (!parsed.success) throw malformed('junit', 'an element holds what no JUnit report holds', parsed.error);
  const { testsuites, testsuite } = parsed.data;
  const roots = [...suitesOf(testsuites), ...suitesOf(testsuite)];
  if (roots.length === 0) throw malformed('junit', 'its root element is neither testsuites nor testsuite');
  return { tests: roots.flatMap((root) => testsOf(root, '')) };
};

const repeated = ['testsuites', 'testsuite', 'testcase', 'failure', 'error', 'skipped', '#cdata'];
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  cdataPropName: '#cdata',
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  maxNestedTags: 100,
  isArray: (name, _path, _leaf, isAttribute) => !isAttribute && repeated.includes(name),
});

const remark = z.union([
  z.string().transform((text) => ({ '#text': text, '@message': undefined, '@type': undefined, '#cdata': undefined })),
  z.object({
    '#text': z.string().optional(),
    '#cdata': z.array(z.string()).optional(),
    '@message': z.string().optional(),
    '@type': z.string().optional(),
  }),
]);
const remarks = z.array(remark).default([]);
/** A text instead of an object is an element without attributes and children. */
const emptyElement = z.string().transform(() => ({}));
const caseSchema = z.object({
  '@name': z.string().default(''),
  '@classname': z.string().optional(),
  '@file': z.string().optional(),
  '@time': z.string().optional(),
  failure: remarks,
  error: remarks,
  skipped: z.array(z.unknown()).default([]),
});
const suiteSchema = z.object({
  '@name': z.string().default(''),
  '@file': z.string().optional(),
  testcase: z.array(z.union([emptyElement.pipe(caseSchema), caseSchema])).default([]),
  failure: remarks,
  error: remarks,
  get testsuite() {
    return z.array(z.union([emptyElement, suiteSchema])).default([]);
  },
});
const documentSchema = z.object({
  testsuites: z.array(z.union([emptyElement, suiteSchema])).optional(),
  testsuite: z.array(z.union([emptyElement, suiteSchema])).optional(),
});
type Suite = z.infer<typeof suiteSchema>;
type Remark = z.infer<typeof remark>;

/** An empty element counts as a suite without tests. */
const suitesOf = (suites: ReadonlyArray<Suite | object> | undefined): Suite[] =>
  (suites ?? []).map((suite) => ('testcase' in suite ? suite : suiteSchema.parse({})));

const testsOf = (suite: Suite, outerFile: string): ReportedTest[] => {
  const file = suite['@file'] ?? outerFile;
  const broken = [...suite.error, ...suite.failure];
  return [
    // A suite whose set-up broke has an error of its own and may have no test at all.
    ...(broken.length > 0
      ? [{ test: decodeXml(suite['@name']), file: decodeXml(file), status: 'failed' as const, message: messageOf(broken), durationMs: 0 }]
      : []),
    ...suite.testcase.map((one) => {
      const found = [...one.failure, ...one.error];
      const status = found.length > 0 ? 'failed' : one.skipped.length > 0 ? 'skipped' : 'passed';
      return {
        test: decodeXml(one['@name']),
        file: decodeXml(one['@file'] ?? (file || one['@classname'] || suite['@name'])),
        status,
        message: messageOf(found),
        durationMs: milliseconds(one['@time']),
      } satisfies ReportedTest;
    }),
    ...suitesOf(suite.testsuite).flatMap((inner) => testsOf(inner, file)),
  ];
};

/** The first remark: its text usually repeats the message attribute before the stack, so it is added only when it does not. */
const messageOf = ([first]: readonly Remark[]): string => {
  if (!first) return '';
  const message = decodeXml(first['@message'] ?? '');
  const body = [decodeXml(first['#text'] ?? ''), ...(first['#cdata'] ?? [])].join('').trim();
  if (message && !body.includes(message)) return `${message}\n${body}`.trim();
  return body || decodeXml(first['@type'] ?? 'failed without a message');
};

/** Seconds with a dot; some writers group thousands with commas. */
const milliseconds = (seconds: string | undefined): number => {
  const value = Number((seconds ?? '0').replaceAll(',', ''));
  return Number.isFinite(value) && value > 0 ? value * 1_000 : 0;
};
