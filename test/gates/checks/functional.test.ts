import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SuiteKind } from '../../../src/catalog/suite-kinds.js';
import { checkOutcomes } from '../../../src/catalog/gates.js';
import type { Evidence } from '../../../src/catalog/tools.js';
import { checked, configured, suiteRun } from '../recorded.js';

const declaring = (...suites: [name: string, kind: SuiteKind][]) =>
  configured({ suites: suites.map(([name, kind]) => ({ name, kind, command: ['npm', 'test'] })) });
/** Typed: what vitest gives here is any. */
const containing = (text: string): unknown => expect.stringContaining(text);
const failing = (failed: number, total = 20) => ({
  total,
  failed,
  passed: total - failed,
  failures: [{ id: '1', test: 'adds\nup', file: 'a', message: 'm' }],
});

test.each(['unit', 'integration', 'api', 'ui'] as const)('%s tests pass at the pass rate and fail below it', (kind) => {
  const config = declaring(['a', kind]);
  const judged = (failed: number) => checked(`${kind}_tests`, [suiteRun({ suite: 'a', kind, ...failing(failed) })], { config });
  expect(judged(0)).toMatchObject({ outcome: 'passed', value: 100, target: '>= 95 %', margin: 5 });
  expect(judged(1)).toMatchObject({ outcome: 'passed', value: 95, margin: 0, reason: containing('1 failed: adds up') });
  expect(judged(2)).toMatchObject({
    outcome: 'failed',
    value: 90,
    margin: -5,
    reason: containing('90 % of 20 tests passed, at least 95 % wanted'),
  });
});

test.each(['regression', 'smoke'] as const)('one failed %s test is one too many', (kind) => {
  const config = declaring(['a', kind]);
  expect(checked(`${kind}_tests`, [suiteRun({ suite: 'a', kind })], { config }).outcome).toBe('passed');
  expect(checked(`${kind}_tests`, [suiteRun({ suite: 'a', kind, ...failing(1, 1_000) })], { config })).toMatchObject({
    outcome: 'failed',
    target: '>= 100 %',
  });
});

const api = (data: Partial<Parameters<typeof suiteRun>[0]> = {}, about = {}) => suiteRun({ suite: 'a', kind: 'api', ...data }, about);

test.each<[string, Evidence[], RegExp]>([
  ['inconclusive', [], /no run of suite "a" .*was recorded/],
  ['inconclusive', [api({ passed: 0, skipped: 20 })], /skipped all of its 20 tests/],
  ['inconclusive', [api({ total: 0, passed: 0 })], /ran no test/],
  ['inconclusive', [api({ status: 'not_configured', reason: 'no report' })], /not configured: no report/],
  ['inconclusive', [api({ status: 'not_run', reason: 'no k6' })], /was not run: no k6/],
  ['errored', [api({ status: 'errored', reason: 'exit 137' })], /suite "a" broke: exit 137/],
  ['errored', [api(), api({ target: 'live', status: 'errored' })], /broke/],
  ['errored', [api(), api({ status: 'errored' }, { at: 2_000 })], /broke/],
  ['passed', [api({ status: 'errored' }), api({}, { at: 2_000 })], /100 %/],
  ['passed', [api({ passed: 19, skipped: 1 })], /\(1 skipped\)/],
])('api_tests is %s (case %#)', (outcome, evidence, reason) => {
  const found = checked('api_tests', evidence, { config: declaring(['a', 'api']) });
  expect(found.outcome).toBe(outcome);
  expect(found.reason).toMatch(reason);
});

test('a kind without a declared suite is inconclusive and says what to do', () => {
  expect(checked('unit_tests', [], { config: declaring(['a', 'api']) })).toMatchObject({
    outcome: 'inconclusive',
    reason: 'no suite of kind "unit" is declared; declare one in suites, or switch the check off with a reason (gates.off.unit_tests)',
  });
});

test('every declared suite of a kind must have run', () => {
  const config = declaring(['a', 'api'], ['b', 'api']);
  expect(checked('api_tests', [api()], { config })).toMatchObject({
    outcome: 'inconclusive',
    value: 100,
    reason: containing('suite "b"'),
  });
});

test('the pass rate is over all suites of the kind', () => {
  const config = declaring(['a', 'api'], ['b', 'api']);
  expect(checked('api_tests', [api(failing(2)), suiteRun({ suite: 'b', kind: 'api', total: 180, passed: 180 })], { config })).toMatchObject(
    { outcome: 'passed', value: 99 },
  );
});

test('a failed test outweighs a suite that is missing', () => {
  expect(checked('api_tests', [api(failing(9))], { config: declaring(['a', 'api'], ['b', 'api']) }).outcome).toBe('failed');
});

test('a UI suite whose program is not installed is a warning', () => {
  const run = suiteRun({ suite: 'a', kind: 'ui', status: 'not_run', reason: 'chromium is not installed', passed: 0, total: 0 });
  expect(checked('ui_tests', [run], { config: declaring(['a', 'ui']) })).toMatchObject({
    outcome: 'warning',
    reason: containing('chromium is not installed'),
  });
});

test('a run of an undeclared suite counts for nothing', () => {
  expect(checked('api_tests', [suiteRun({ suite: 'other', kind: 'api' })], { config: declaring(['a', 'api']) }).outcome).toBe(
    'inconclusive',
  );
});

test('regression counts the preview and the live address, each by its newest run, and not the artifact', () => {
  const config = declaring(['a', 'regression']);
  const run = (target: 'artifact' | 'preview' | 'live', failed: number, at: number) =>
    suiteRun({ suite: 'a', kind: 'regression', target, ...failing(failed) }, { at });
  expect(checked('regression_tests', [run('artifact', 0, 1)], { config }).outcome).toBe('inconclusive');
  expect(checked('regression_tests', [run('preview', 1, 1), run('live', 0, 2)], { config }).outcome).toBe('failed');
  expect(checked('regression_tests', [run('preview', 1, 1), run('preview', 0, 3), run('live', 0, 2)], { config }).outcome).toBe('passed');
});

const smoke = (target: 'preview' | 'live', failed: number) => suiteRun({ suite: 's', kind: 'smoke', target, ...failing(failed) });

test.each<['validation' | 'readiness', Evidence[], string]>([
  ['validation', [], 'pending'],
  ['validation', [smoke('preview', 0)], 'pending'],
  ['validation', [smoke('preview', 1)], 'failed'],
  ['validation', [smoke('live', 0)], 'passed'],
  ['validation', [smoke('live', 1)], 'failed'],
  ['readiness', [], 'inconclusive'],
  ['readiness', [smoke('preview', 0)], 'inconclusive'],
  ['readiness', [smoke('live', 0)], 'passed'],
  ['readiness', [smoke('live', 1)], 'failed'],
])('at %s smoke_tests with its evidence is as it should be (case %#)', (stage, evidence, outcome) => {
  expect(checked('smoke_tests', evidence, { stage, config: declaring(['s', 'smoke']) }).outcome).toBe(outcome);
});

test('smoke tests that nobody declared are inconclusive before the switch too', () => {
  expect(checked('smoke_tests', [], { stage: 'validation' }).outcome).toBe('inconclusive');
});

test('one more failed test never improves an outcome', () => {
  const rank = (failed: number, passed: number) =>
    checkOutcomes.indexOf(checked('api_tests', [api({ failed, passed })], { config: declaring(['a', 'api']) }).outcome);
  fc.assert(
    fc.property(fc.nat(50), fc.integer({ min: 1, max: 500 }), (failed, passed) => rank(failed + 1, passed) >= rank(failed, passed)),
  );
});
