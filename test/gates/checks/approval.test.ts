import { expect, test } from 'vitest';
import { checked, configured, deploymentPlan, rollbackTarget } from '../recorded.js';

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

const signed = (by: string, at = 5) => ({ by, at, preSigned: false, digest: 'sha256:abc' });
const quorum = configured({ approvers: ['alice', 'bob', 'carol'], approval: { quorum: 2, expiresMs: 100 } });

test.each([
  ['nobody', [], 'pending', 'waiting for 2 approvals, by alice or carol'],
  ['one of two', [signed('alice')], 'pending', '1 of 2 approvals (alice), waiting for the approval of carol'],
  ['one of two, twice', [signed('alice'), signed('alice', 6)], 'pending', '1 of 2 approvals (alice), waiting for the approval of carol'],
  ['two of two', [signed('alice'), signed('carol')], 'passed', 'alice approved sha256:abc; carol approved sha256:abc'],
  [
    'two of whom one asked for it',
    [signed('alice'), signed('bob')],
    'failed',
    'bob approved sha256:abc, but asked for this release and does not approve it as well; ask alice or carol',
  ],
  [
    'two of whom one came too early',
    [signed('alice', -200), signed('carol')],
    'pending',
    '1 of 2 approvals (carol), waiting for the approval of alice, for that of alice counts 100 ms only',
  ],
] as const)('with a quorum of two, %s', (_, approvals, outcome, reason) => {
  const found = checked('stakeholder_signoff', [], { config: quorum, approvals, requestedBy: 'bob', at: 10 });
  expect(found).toMatchObject({ outcome, target: 'approved by 2 of alice, bob, carol' });
  expect(found.reason).toBe(reason);
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
