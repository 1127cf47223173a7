import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { expect, test } from 'vitest';
import { configSchema, type StagingConfigInput } from '../../../../src/catalog/config.js';
import { artifactOf, openTesting } from '../fixtures/local-testing.js';

type SuiteInput = NonNullable<StagingConfigInput['suites']>[number];

const nested = readFileSync(new URL('../fixtures/junit-nested.xml', import.meta.url), 'utf8');
const green = '<testsuite name="a"><testcase name="b" time="0.5"/></testsuite>';
/** A runner that writes `report.txt` of its folder to the path in its first argument and exits with the second. */
const runner = `
import { copyFileSync } from 'node:fs';
copyFileSync('report.txt', process.argv[2]);
process.exit(Number(process.argv[3] ?? 0));
`;

const run = async (suite: Partial<SuiteInput>, files: Record<string, string> = {}, url: string | null = null) => {
  const testing = await openTesting();
  const artifact = await artifactOf({ 'runner.mjs': runner, ...files });
  const [parsed] = configSchema.shape.suites.parse([{ name: 'unit', kind: 'unit', command: ['node', 'runner.mjs', '{report}'], ...suite }]);
  if (!parsed) throw new Error('no suite');
  return { artifact, testing, result: await testing.runSuite(parsed, { target: 'artifact', artifact, url }) };
};

test('a suite with a readable report is completed, its counts taken from the tests', async () => {
  const { result } = await run({}, { 'report.txt': nested });
  expect(result).toMatchObject({ status: 'completed', reason: '', total: 7, passed: 3, failed: 2, skipped: 2, durationMs: 1_001_550 });
  expect(result.failures.map((one) => one.test)).toEqual(['refuses a negative price', 'is sent']);
});

test('a failed test exits non-zero and is still completed', async () => {
  const { result } = await run({ command: ['node', 'runner.mjs', '{report}', '1'] }, { 'report.txt': nested });
  expect(result).toMatchObject({ status: 'completed', failed: 2 });
});

test('the address and the report are given in arguments and in the environment', async () => {
  const probe = `
import { writeFileSync } from 'node:fs';
const seen = { argument: process.argv[2], url: process.argv[3], file: process.env.REPORT_FILE, target: process.env.TARGET_URL, cwd: process.cwd() };
writeFileSync(process.env.REPORT_FILE, JSON.stringify({ testResults: [{ name: 'f', assertionResults: [{ title: JSON.stringify(seen), status: 'failed' }] }] }));
`;
  const { result, artifact, testing } = await run(
    { command: ['node', 'probe.mjs', '{report}', '--url={url}'], format: 'vitest' },
    { 'probe.mjs': probe },
    'http://127.0.0.1:4711',
  );
  const seen = JSON.parse(result.failures[0]?.test ?? '') as Record<string, string>;
  expect(seen).toMatchObject({ url: '--url=http://127.0.0.1:4711', target: 'http://127.0.0.1:4711', cwd: artifact.path });
  expect(seen['argument']).toBe(seen['file']);
  expect(isAbsolute(seen['file'] ?? '')).toBe(true);
  expect(seen['file']?.startsWith(`${testing.stateDir}/reports/`)).toBe(true);
});

test('a report at its declared place is read, and an old one there is not taken for it', async () => {
  const declared = { report: 'out/junit.xml' };
  const fresh = await run(
    { ...declared, command: ['node', 'runner.mjs', 'out/junit.xml'] },
    { 'report.txt': green, 'out/junit.xml': nested },
  );
  expect(fresh.result).toMatchObject({ status: 'completed', total: 1 });
  const stale = await run({ ...declared, command: ['true'] }, { 'out/junit.xml': nested });
  expect(stale.result).toMatchObject({ status: 'errored', total: 0, reason: 'the command exited with code 0 and left no report' });
});

test.each<[string, Partial<SuiteInput>, Record<string, string>, RegExp]>([
  ['the command is missing', { command: ['no-such-program-anywhere'] }, {}, /there is no program "no-such-program-anywhere"/],
  ['the command hangs', { command: ['sleep', '30'], timeoutMs: 200 }, {}, /^hung: killed after 0\.2 s$/],
  ['there is no report', { command: ['false'] }, {}, /exited with code 1 and left no report/],
  ['the report is malformed', {}, { 'report.txt': '<testsuite><testcase' }, /malformed/],
  ['the report is of another format', { format: 'playwright' }, { 'report.txt': green }, /malformed/],
  ['the report is an empty file', {}, { 'report.txt': '' }, /malformed/],
  ['the report holds no test', {}, { 'report.txt': '<testsuites/>' }, /holds no test/],
  [
    'the exit code tells of a failure that the report does not',
    { command: ['node', 'runner.mjs', '{report}', '3'] },
    { 'report.txt': green },
    /exited with code 3 although/,
  ],
  [
    'the runner is killed',
    { command: ['sh', '-c', 'cp report.txt "$REPORT_FILE"; kill -9 $$'] },
    { 'report.txt': green },
    /killed by a signal although/,
  ],
  ['the report is larger than 20 MiB', { command: ['sh', '-c', 'head -c 20971521 /dev/zero > "$REPORT_FILE"'] }, {}, /larger than 20 MiB/],
  ['the report is a folder', { command: ['sh', '-c', 'mkdir "$REPORT_FILE"'] }, {}, /EISDIR/],
])('a suite is errored when %s', async (_, suite, files, why) => {
  const { result } = await run(suite, files);
  expect(result.status).toBe('errored');
  expect(result.reason).toMatch(why);
});

test('a suite in a folder that is gone is errored', async () => {
  const testing = await openTesting();
  const [suite] = configSchema.shape.suites.parse([{ name: 'unit', kind: 'unit', command: ['true'] }]);
  if (!suite) throw new Error('no suite');
  const artifact = { version: 'v1', digest: 'd', path: '/nowhere/at/all' };
  expect(await testing.runSuite(suite, { target: 'artifact', artifact, url: null })).toMatchObject({ status: 'errored' });
});

test('a suite whose program is not installed is not run', async () => {
  const { result } = await run({ needs: 'no-such-browser' }, { 'report.txt': green });
  expect(result).toMatchObject({ status: 'not_run', reason: 'the program "no-such-browser" is not installed', total: 0 });
});

test('a failure keeps its id from artifact to artifact, and another test has another', async () => {
  const report = (root: string, title: string) =>
    JSON.stringify({ testResults: [{ name: `${root}/tests/a.test.ts`, assertionResults: [{ title, status: 'failed' }] }] });
  const idOf = async (title: string) => {
    const testing = await openTesting();
    const artifact = await artifactOf({ 'runner.mjs': runner });
    await writeFile(`${artifact.path}/report.txt`, report(artifact.path, title));
    const [suite] = configSchema.shape.suites.parse([
      { name: 'unit', kind: 'unit', format: 'jest', command: ['node', 'runner.mjs', '{report}', '1'] },
    ]);
    if (!suite) throw new Error('no suite');
    const { failures } = await testing.runSuite(suite, { target: 'artifact', artifact, url: null });
    expect(failures[0]?.file).toBe('tests/a.test.ts');
    return failures[0]?.id;
  };
  expect(await idOf('adds')).toBe(await idOf('adds'));
  expect(await idOf('adds')).not.toBe(await idOf('removes'));
});

test('a message is cut after 2 000 characters and holds no terminal codes', async () => {
  const report = JSON.stringify({
    testResults: [
      { name: 'a', assertionResults: [{ title: 't', status: 'failed', failureMessages: [`\u001b[31m${'x'.repeat(3_000)}\u001b[39m`] }] },
    ],
  });
  const { result } = await run({ format: 'jest' }, { 'report.txt': report });
  expect(result.failures[0]?.message).toBe('x'.repeat(2_000));
});
