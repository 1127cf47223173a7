import type { gates } from '../../catalog/gates.js';
import type { ToolResult } from '../../catalog/tools.js';
import { notMeasured, type CheckInput, type CheckRow, type Judgement } from '../check-row.js';
import { newest } from '../newest.js';
import { counted, named } from '../words.js';

/** The security gate: what the audit, the scanners and the probes of the preview found. */
export const securityChecks: Record<keyof (typeof gates)['security']['checks'], CheckRow> = {
  vulnerability_scan: { unit: 'vulnerabilities', target: () => '0 critical', judge: (input) => judgeAudit(input, 'critical') },
  dependency_check: { unit: 'vulnerabilities', target: () => '0 high', judge: (input) => judgeAudit(input, 'high') },
  code_analysis: { unit: 'findings', target: () => '0 errors', judge: (input) => judgeCode(input) },
  compliance_check: { unit: 'probes', target: () => '0 major probes failed', judge: (input) => judgeProbes(input) },
};

const judgeAudit = ({ check, evidence }: CheckInput, severity: 'critical' | 'high'): Judgement => {
  const audit = newest(evidence, 'audit_dependencies');
  if (audit?.data.status !== 'completed')
    return notMeasured(check, audit, { noun: 'dependency audit', configure: 'set security.lockFile and security.advisories' });
  const { packages, vulnerabilities } = audit.data;
  const found = vulnerabilities.filter((one) => one.severity === severity);
  const unknown = severity === 'critical' ? vulnerabilities.filter((one) => one.severity === 'unknown') : [];
  const measured = { value: found.length, margin: 0 - found.length, evidence: [audit.digest] };
  const says = `${counted(found.length, `${severity} vulnerability`, `${severity} vulnerabilities`)} in ${counted(packages, 'package')}, 0 wanted`;
  if (found.length > 0) return { ...measured, outcome: 'failed', reason: `${says}: ${listed(found)}; move to versions without them` };
  if (unknown.length > 0) return { ...measured, outcome: 'warning', reason: `${says}; nobody has rated ${listed(unknown)}: look at each` };
  return { ...measured, outcome: 'passed', reason: says };
};

const listed = (found: ToolResult<'audit_dependencies'>['vulnerabilities']): string =>
  named(found.map((one) => `${one.id} in ${one.package} ${one.version}`));

const codeScan = { noun: 'code scan', configure: 'name the reports of a scanner in security.sarif' };

const judgeCode = ({ check, evidence }: CheckInput): Judgement => {
  const scan = newest(evidence, 'scan_code');
  if (scan?.data.status !== 'completed' || scan.data.tools.length === 0) return notMeasured(check, scan, codeScan);
  const errors = scan.data.findings.filter((finding) => finding.level === 'error');
  const measured = { value: errors.length, margin: 0 - errors.length, evidence: [scan.digest] };
  const says = `${counted(errors.length, 'error-level finding')} by ${named(scan.data.tools)}, 0 wanted`;
  if (errors.length === 0) return { ...measured, outcome: 'passed', reason: says };
  return {
    ...measured,
    outcome: 'failed',
    reason: `${says}: ${named(errors.map((one) => `${one.rule} at ${one.location}`))}; correct them`,
  };
};

const httpScan = { noun: 'HTTP scan', configure: 'leave security.http on' };

const judgeProbes = ({ check, evidence }: CheckInput): Judgement => {
  const scan = newest(evidence, 'scan_http');
  if (scan?.data.status !== 'completed' || scan.data.probes.length === 0) return notMeasured(check, scan, httpScan);
  const broken = scan.data.probes.filter((probe) => !probe.ok);
  const major = broken.filter((probe) => probe.severity === 'major');
  const measured = { value: major.length, margin: 0 - major.length, evidence: [scan.digest] };
  const says = `${scan.data.probes.length - broken.length} of ${counted(scan.data.probes.length, 'probe')} hold`;
  if (broken.length === 0) return { ...measured, outcome: 'passed', reason: says };
  const [outcome, shown, kind] = major.length > 0 ? (['failed', major, 'major'] as const) : (['warning', broken, 'minor'] as const);
  return {
    ...measured,
    outcome,
    reason: `${says}; ${kind}: ${named(shown.map((probe) => `${probe.probe} (${probe.detail})`))}; correct the answers of the service`,
  };
};
