import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkOutcomes, type CheckName } from '../../../src/catalog/gates.js';
import { audit, checked, codeScan, httpScan, vulnerability } from '../recorded.js';

const finding = (level: 'warning' | 'error') => ({ rule: 'no-eval', level, message: 'm', location: 'a.js:1' });
const probe = (ok: boolean, severity: 'minor' | 'major') => ({ probe: 'traversal', ok, severity, detail: 'answered 200' });

test.each([
  ['vulnerability_scan', 'passed', [audit()], /^0 critical vulnerabilities in 3 packages, 0 wanted$/],
  ['vulnerability_scan', 'passed', [audit({ vulnerabilities: [vulnerability('high')] })], /^0 critical/],
  [
    'vulnerability_scan',
    'failed',
    [audit({ vulnerabilities: [vulnerability('critical'), vulnerability('unknown')] })],
    /1 critical vulnerability .*GHSA-critical in left-pad 1\.0\.0/,
  ],
  ['vulnerability_scan', 'warning', [audit({ vulnerabilities: [vulnerability('unknown')] })], /GHSA-unknown in left-pad/],
  ['vulnerability_scan', 'errored', [audit({ status: 'errored', reason: 'no route' })], /dependency audit broke: no route/],
  [
    'vulnerability_scan',
    'inconclusive',
    [audit({ status: 'not_configured', reason: 'no lock file' })],
    /set security\.lockFile.*gates\.off\.vulnerability_scan/,
  ],
  ['vulnerability_scan', 'inconclusive', [audit({ status: 'not_run', reason: 'x' })], /was not run: x/],
  ['vulnerability_scan', 'inconclusive', [], /no dependency audit was recorded/],
  ['dependency_check', 'passed', [audit({ vulnerabilities: [vulnerability('critical'), vulnerability('unknown')] })], /^0 high/],
  ['dependency_check', 'failed', [audit({ vulnerabilities: [vulnerability('high')] })], /1 high vulnerability/],
  ['dependency_check', 'errored', [audit({ status: 'errored' })], /no reason was given/],
  ['dependency_check', 'inconclusive', [], /gates\.off\.dependency_check/],
  ['code_analysis', 'passed', [codeScan({ findings: [finding('warning')] })], /0 error-level findings by semgrep/],
  ['code_analysis', 'failed', [codeScan({ findings: [finding('error')] })], /no-eval at a\.js:1/],
  ['code_analysis', 'inconclusive', [codeScan({ tools: [] })], /measured nothing; name the reports/],
  ['code_analysis', 'inconclusive', [codeScan({ status: 'not_configured' })], /security\.sarif/],
  ['code_analysis', 'errored', [codeScan({ status: 'errored', reason: 'not JSON' })], /not JSON/],
  ['code_analysis', 'inconclusive', [], /no code scan was recorded/],
  ['compliance_check', 'passed', [httpScan()], /1 of 1 probe hold/],
  [
    'compliance_check',
    'warning',
    [httpScan({ probes: [probe(true, 'major'), probe(false, 'minor')] })],
    /1 of 2 probes hold; minor: traversal \(answered 200\)/,
  ],
  ['compliance_check', 'failed', [httpScan({ probes: [probe(false, 'minor'), probe(false, 'major')] })], /0 of 2 probes hold; major/],
  ['compliance_check', 'inconclusive', [httpScan({ probes: [] })], /measured nothing/],
  ['compliance_check', 'errored', [httpScan({ status: 'errored' })], /HTTP scan broke/],
  ['compliance_check', 'inconclusive', [], /no HTTP scan was recorded/],
] as const)('%s is %s (case %#)', (check, outcome, evidence, reason) => {
  const found = checked(check, evidence);
  expect(found.outcome).toBe(outcome);
  expect(found.reason).toMatch(reason);
  expect(found.evidence).toEqual(evidence.map((item) => item.digest));
});

test('the margin is the number of vulnerabilities beyond none', () => {
  expect(checked('vulnerability_scan', [audit({ vulnerabilities: [vulnerability('critical'), vulnerability('critical')] })])).toMatchObject(
    {
      value: 2,
      target: '0 critical',
      margin: -2,
      unit: 'vulnerabilities',
    },
  );
});

test('one more finding never improves an outcome', () => {
  const severity = fc.constantFrom('low', 'high', 'critical', 'unknown' as const);
  const rank = (check: CheckName, severities: ('low' | 'high' | 'critical' | 'unknown')[]) =>
    checkOutcomes.indexOf(checked(check, [audit({ vulnerabilities: severities.map(vulnerability) })]).outcome);
  fc.assert(
    fc.property(fc.constantFrom('vulnerability_scan', 'dependency_check' as const), fc.array(severity), severity, (check, some, more) => {
      expect(rank(check, [...some, more])).toBeGreaterThanOrEqual(rank(check, some));
    }),
  );
});
