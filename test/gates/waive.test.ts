import { expect, test } from 'vitest';
import type { StagingConfigInput } from '../../src/catalog/config.js';
import { audit, checked, configured, httpScan, suiteRun, vulnerability } from './recorded.js';

const at = Date.parse('2026-11-24T00:00:00Z');
const waiver = (check: string, change: object = {}) => ({
  check,
  by: 'alice',
  reason: 'the browser is flaky',
  until: '2026-12-01',
  ...change,
});
const red = suiteRun({ suite: 'ui', kind: 'ui', passed: 10, failed: 10 });
const broken = suiteRun({ suite: 'ui', kind: 'ui', status: 'errored', reason: 'no browser' });
const critical = audit({ vulnerabilities: [vulnerability('critical')] });
const probe = httpScan({ probes: [{ probe: 'nosniff', ok: false, severity: 'major', detail: 'no header' }] });
const given = (check: string, change: object = {}, approval: StagingConfigInput['approval'] = {}) =>
  configured({
    suites: [{ name: 'ui', kind: 'ui', command: ['true'] }],
    waivers: [waiver(check, change)],
    approval,
  } as Partial<StagingConfigInput>); // the table writes names that are no checks of the type

test.each([
  [
    'a check that failed',
    'ui_tests',
    [red],
    given('ui_tests'),
    'warning',
    /^waived by alice until 2026-12-01: the browser is flaky; it failed: /,
  ],
  ['a check that passed needs none', 'ui_tests', [suiteRun({ suite: 'ui', kind: 'ui' })], given('ui_tests'), 'passed', /^(?!waived)/],
  ['another check', 'ui_tests', [red], given('api_tests'), 'failed', /^(?!.*waive)/],
  ['a waiver that has ended', 'ui_tests', [red], given('ui_tests', { until: '2026-11-24' }), 'failed', /it ended 2026-11-24/],
  [
    'a waiver by somebody who is no approver',
    'ui_tests',
    [red],
    given('ui_tests', { by: 'mallory' }),
    'failed',
    /the waiver by mallory does not hold: that is no approver/,
  ],
  ['a check that broke', 'ui_tests', [broken], given('ui_tests'), 'errored', /it is for a check that failed, not for one that is errored/],
  ['a check without evidence', 'ui_tests', [], given('ui_tests'), 'inconclusive', /not for one that is inconclusive/],
  [
    'a check that broke, where the policy says so',
    'ui_tests',
    [broken],
    given('ui_tests', {}, { waivable: { outages: true } }),
    'warning',
    /it is errored: /,
  ],
  [
    'a critical vulnerability',
    'vulnerability_scan',
    [critical],
    given('vulnerability_scan'),
    'failed',
    /checks of security are not waived/,
  ],
  ['any check of security', 'compliance_check', [probe], given('compliance_check'), 'failed', /checks of security are not waived/],
  [
    'a critical vulnerability, where the policy says so',
    'vulnerability_scan',
    [critical],
    given('vulnerability_scan', {}, { waivable: { security: true } }),
    'warning',
    /it failed/,
  ],
  [
    'the way back, whatever the policy says',
    'rollback_plan',
    [],
    given('rollback_plan', {}, { waivable: { security: true, outages: true } }),
    'inconclusive',
    /cannot be waived/,
  ],
] as const)('%s: %s is as the waiver allows', (_, check, evidence, config, outcome, reason) => {
  const found = checked(check, evidence, { config, at });
  expect(found.outcome).toBe(outcome);
  expect(found.reason).toMatch(reason);
});

test('nobody waives the approval itself', () => {
  const config = given('stakeholder_signoff', {}, { waivable: { security: true, outages: true } });
  expect(checked('stakeholder_signoff', [], { config, at }).outcome).toBe('pending');
  const byStranger = { by: 'mallory', at, preSigned: false, digest: 'sha256:abc' };
  expect(checked('stakeholder_signoff', [], { config, at, approval: byStranger }).outcome).toBe('failed');
});
