import { expect, test } from 'vitest';
import { artifactOf, openTesting } from '../fixtures/local-testing.js';

const result = (more: object) => ({ ruleId: 'R1', message: { text: 'found' }, ...more });
const run = (results: unknown, more: object = {}, rules: object[] = []) => ({
  tool: { driver: { name: 'lint', rules } },
  results,
  ...more,
});
const log = (...runs: object[]) => JSON.stringify({ version: '2.1.0', runs });

const scan = async (files: Record<string, string>, sarif = Object.keys(files)) =>
  (await openTesting({ security: { sarif } })).scanCode(await artifactOf(files));

test('the findings of all runs and files are read', async () => {
  const located = result({
    level: 'error',
    locations: [{ physicalLocation: { artifactLocation: { uri: 'src/a.ts' }, region: { startLine: 7 } } }],
  });
  const other = { tool: { driver: { name: 'semgrep' } }, results: [result({ ruleId: 'S1', level: 'note' })] };
  expect(await scan({ 'a.sarif': log(run([located]), other), 'b/c.sarif': `\uFEFF${log(run([]))}` })).toEqual({
    status: 'completed',
    reason: '',
    tools: ['lint', 'semgrep'],
    findings: [
      { rule: 'R1', level: 'error', message: 'found', location: 'src/a.ts:7' },
      { rule: 'S1', level: 'note', message: 'found', location: '' },
    ],
  });
});

const rules = [{ id: 'R0' }, { id: 'R1', defaultConfiguration: { level: 'error' } }];
test.each([
  ['its own', result({ level: 'note' }), 'note'],
  ["its rule's by id", result({}), 'error'],
  ["its rule's by index", { ruleIndex: 1, message: {} }, 'error'],
  ["its rule's for a part of the rule", result({ ruleId: 'R1/2' }), 'error'],
  ['a warning where the rule has none', result({ ruleId: 'R0' }), 'warning'],
  ['a warning where the rule is not listed', result({ ruleId: 'X' }), 'warning'],
  ['none for what is no failure', result({ kind: 'pass' }), 'none'],
])('the level of a result is %s', async (_, one, level) => {
  const { findings } = await scan({ 'a.sarif': log(run([one], {}, rules)) });
  expect(findings.map((finding) => finding.level)).toEqual([level]);
});

test('the rule of an extension gives the level', async () => {
  const withExtension = {
    tool: {
      driver: { name: 'codeql' },
      extensions: [{ name: 'queries', rules: [{ id: 'js/xss', defaultConfiguration: { level: 'error' } }] }],
    },
    results: [{ rule: { id: 'js/xss', index: 0, toolComponent: { index: 0 } }, message: { text: 'm' } }],
  };
  expect((await scan({ 'a.sarif': log(withExtension) })).findings).toMatchObject([{ rule: 'js/xss', level: 'error' }]);
});

test.each([
  ['suppressed', { suppressions: [{ kind: 'inSource' }] }, 0],
  ['suppressed and accepted', { suppressions: [{ kind: 'external', status: 'accepted' }] }, 0],
  ['not suppressed: rejected', { suppressions: [{ kind: 'external', status: 'rejected' }] }, 1],
  ['not suppressed: under review', { suppressions: [{ kind: 'inSource' }, { kind: 'external', status: 'underReview' }] }, 1],
  ['not suppressed: an empty list', { suppressions: [] }, 1],
  ['gone since the baseline', { baselineState: 'absent' }, 0],
  ['unchanged since the baseline', { baselineState: 'unchanged' }, 1],
])('a result that is %s counts %#', async (_, more, count) => {
  expect((await scan({ 'a.sarif': log(run([result(more)])) })).findings).toHaveLength(count);
});

test.each([
  ['is missing', {}, ['gone.sarif'], /the artifact has none/],
  ['is no JSON', { 'a.sarif': '<sarif/>' }, ['a.sarif'], /a\.sarif/],
  ['is of another version', { 'a.sarif': '{"version":"2.0.0","runs":[]}' }, ['a.sarif'], /no SARIF 2\.1\.0 log/],
  ['holds no run', { 'a.sarif': log() }, ['a.sarif'], /holds no run/],
  ['holds a run without results', { 'a.sarif': log(run(undefined)) }, ['a.sarif'], /has no results/],
  [
    'holds a run that failed',
    { 'a.sarif': log(run([], { invocations: [{ executionSuccessful: false }] })) },
    ['a.sarif'],
    /did not succeed/,
  ],
  ['has an unknown level', { 'a.sarif': log(run([result({ level: 'fatal' })])) }, ['a.sarif'], /no SARIF/],
])('a scan whose report %s is errored', async (_, files, sarif, why) => {
  const scanned = await scan({ 'good.sarif': log(run([])), ...files }, ['good.sarif', ...sarif]);
  expect(scanned).toMatchObject({ status: 'errored', findings: [] });
  expect(scanned.reason).toMatch(why);
});

test('without declared reports nothing was scanned', async () => {
  expect(await scan({})).toMatchObject({ status: 'not_configured' });
});
