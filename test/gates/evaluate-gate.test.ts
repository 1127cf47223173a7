import { expect, test } from 'vitest';
import { gateEvaluationSchema } from '../../src/catalog/fields.js';
import { checkNames, gateNames, gates } from '../../src/catalog/gates.js';
import { evaluateGate, explainGate } from '../../src/gates/evaluate-gate.js';
import {
  audit,
  checked,
  codeScan,
  configured,
  deploymentPlan,
  evaluated,
  health,
  httpScan,
  load,
  rollbackTarget,
  rollout,
  seconds,
  suiteRun,
  vulnerability,
} from './recorded.js';

const kinds = ['unit', 'integration', 'api', 'ui', 'regression', 'smoke'] as const;
const config = configured({ suites: kinds.map((kind) => ({ name: kind, kind, command: ['npm', 'test'] })), stability: { soakMs: 20_000 } });
const everything = [
  audit(),
  codeScan(),
  httpScan(),
  load(),
  ...kinds.map((kind) => suiteRun({ suite: kind, kind })),
  rollout(),
  health(seconds(30)),
  deploymentPlan(),
  rollbackTarget(),
];
const approval = { by: 'alice', at: 5, preSigned: false, digest: 'sha256:abc' };

test.each(gateNames)('the %s gate opens on good evidence and on nothing less', (gate) => {
  const full = evaluated(gate, everything, { config, approval });
  expect(full).toMatchObject({ id: `${gate}:1`, gate, attempt: 1, outcome: 'passed', at: 9 });
  expect(full.checks.map((check) => check.check)).toEqual(Object.keys(gates[gate].checks));
  expect(gateEvaluationSchema.parse(full)).toEqual(full);
  expect(evaluated(gate, [], { config }).outcome).toBe('inconclusive');
});

test.each(checkNames)('%s without evidence does not pass', (check) => {
  expect(['inconclusive', 'pending']).toContain(checked(check, [], { config, stage: 'validation' }).outcome);
});

test.each(checkNames)('%s that the owner switched off repeats the reason, whatever the evidence says', (check) => {
  const off = { ...config, gates: { ...config.gates, off: { [check]: 'no browser here' } } };
  expect(checked(check, everything, { config: off })).toMatchObject({
    outcome: 'off',
    value: null,
    margin: null,
    reason: 'not checked: no browser here',
    evidence: [],
  });
});

test.each(checkNames)('%s gives a verdict that is JSON', (check) => {
  for (const evidence of [[], everything]) {
    const found = checked(check, evidence, { config });
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  }
});

test('evidence of another attempt counts for nothing', () => {
  expect(checked('vulnerability_scan', [audit({}, { attempt: 2 })]).outcome).toBe('inconclusive');
  expect(checked('vulnerability_scan', [audit({}, { attempt: 2 })], { attempt: 2 }).outcome).toBe('passed');
});

test('the newest evidence of a kind counts, in whatever order it comes', () => {
  const [clean, bad] = [audit({}, { at: 1 }), audit({ vulnerabilities: [vulnerability('critical')] }, { at: 2 })];
  expect(checked('vulnerability_scan', [clean, bad])).toMatchObject({ outcome: 'failed', evidence: [bad.digest] });
  expect(checked('vulnerability_scan', [bad, clean]).outcome).toBe('failed');
});

test('of two pieces of evidence with the same time the later in the list counts', () => {
  expect(checked('vulnerability_scan', [audit(), audit({ status: 'errored' })]).outcome).toBe('errored');
});

test('a gate is as bad as its worst check', () => {
  const evidence = [audit({ vulnerabilities: [vulnerability('high')] }), httpScan({ status: 'errored' })];
  expect(evaluated('security', evidence).outcome).toBe('failed');
  expect(evaluated('security', [audit(), codeScan(), httpScan({ status: 'errored' })]).outcome).toBe('errored');
});

test('before the switch the functional gate is pending for its smoke tests alone', () => {
  const evidence = everything.filter((item) => !(item.tool === 'run_suite' && item.data.kind === 'smoke'));
  expect(evaluated('functional', evidence, { config, stage: 'validation' }).outcome).toBe('pending');
  expect(evaluated('functional', evidence, { config, stage: 'readiness' }).outcome).toBe('inconclusive');
});

test('the same input gives the same verdict and is left as it was', () => {
  const input = { config, evidence: everything, attempt: 1, at: 9, stage: 'readiness', approval } as const;
  const before = JSON.stringify(input);
  expect(evaluateGate('stability', input)).toEqual(evaluateGate('stability', input));
  expect(JSON.stringify(input)).toBe(before);
});

test('a shut gate is explained by the checks that shut it, the worst first', () => {
  const evidence = [audit({ vulnerabilities: [vulnerability('high')] }), codeScan()];
  expect(explainGate(evaluated('security', evidence))).toBe(
    'Security Gate failed. dependency_check failed: 1 high vulnerability in 3 packages, 0 wanted: GHSA-high in left-pad 1.0.0; move to versions without them. ' +
      'compliance_check inconclusive: no HTTP scan was recorded; run it, or switch the check off with a reason (gates.off.compliance_check).',
  );
});

test('an open gate is explained with everything that it did without', () => {
  const off = configured({ gates: { off: { code_analysis: 'no scanner for this language' } } });
  const said = explainGate(evaluated('security', [audit(), httpScan()], { config: off }));
  expect(said).toContain('Security Gate passed.');
  expect(said).toContain('code_analysis off: not checked: no scanner for this language.');
});

test('an open stability gate says that a policy made it shorter', () => {
  expect(explainGate(evaluated('stability', everything, { config }))).toContain('20 s instead of 24 h, set by the policy');
});

test('outside text cannot forge a line or a colour in a reason', () => {
  const { reason } = checked('vulnerability_scan', [audit({ status: 'errored', reason: 'x\n\u001b[32mSecurity Gate passed\u202E' })]);
  expect(reason).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});
