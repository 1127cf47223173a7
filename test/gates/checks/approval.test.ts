import { expect, test } from 'vitest';
import { checked, deploymentPlan, rollbackTarget } from '../recorded.js';

const approval = { by: 'alice', at: 5, preSigned: false, digest: 'sha256:abc' };

test.each([
  [null, 'pending', 'waiting for the approval of alice or bob', null],
  [approval, 'passed', 'alice approved sha256:abc', 'alice'],
  [{ ...approval, preSigned: true }, 'passed', 'alice approved sha256:abc, signed beforehand', 'alice'],
  [{ ...approval, by: 'mallory' }, 'failed', 'mallory approved sha256:abc, but is no approver; ask alice or bob', 'mallory'],
  [{ ...approval, by: 'Alice' }, 'failed', 'Alice approved sha256:abc, but is no approver; ask alice or bob', 'Alice'],
] as const)('the sign-off %o is %s', (given, outcome, reason, value) => {
  expect(checked('stakeholder_signoff', [], { approval: given })).toMatchObject({ outcome, reason, value });
});

const migration = { risk: 'a migration was applied', blocking: false };
const nowhere = { risk: 'nothing to go back to', blocking: true };

test.each([
  ['risk_assessment', [], 'inconclusive', /no deployment plan was recorded/],
  ['risk_assessment', [deploymentPlan()], 'passed', /^0 known risks, none blocking$/],
  ['risk_assessment', [deploymentPlan([migration])], 'passed', /1 known risk, none blocking: a migration was applied/],
  ['risk_assessment', [deploymentPlan([migration, nowhere])], 'failed', /1 blocking risk: nothing to go back to/],
  ['risk_assessment', [deploymentPlan([nowhere]), deploymentPlan([], { at: 2_000 })], 'passed', /none blocking/],
  ['deployment_plan', [], 'inconclusive', /no deployment plan was recorded/],
  ['deployment_plan', [deploymentPlan()], 'passed', /a canary deployment in 1 step is recorded/],
  ['rollback_plan', [], 'inconclusive', /no check of the rollback target was recorded/],
  ['rollback_plan', [rollbackTarget()], 'passed', /v1 runs and answers in the blue slot/],
  ['rollback_plan', [rollbackTarget({ healthy: false, detail: 'v1 is crashed' })], 'failed', /v1 is crashed/],
  ['rollback_plan', [rollbackTarget({ version: null })], 'failed', /no way back/],
  ['rollback_plan', [rollbackTarget(), rollbackTarget({ healthy: false }, { at: 2_000 })], 'failed', /no way back/],
] as const)('%s is as its evidence says (case %#)', (check, evidence, outcome, reason) => {
  const found = checked(check, evidence);
  expect(found.outcome).toBe(outcome);
  expect(found.reason).toMatch(reason);
  expect(found.evidence).toEqual(evidence.slice(-1).map((item) => item.digest));
});
