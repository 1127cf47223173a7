import { expect, test } from 'vitest';
import { approvalSchema } from '../../src/catalog/approval-config.js';
import { codeOf, ruleOnAnswer, type Answer, type Standing } from '../../src/gates/rule-on-answer.js';

const digest = `sha256:${'3f9a21c4'.repeat(8)}`;
const policy = (approvers: string[], approval: object = {}) => ({ approvers, approval: approvalSchema.parse(approval) });
const standing = (change: Partial<Standing> = {}): Standing => ({
  policy: policy(['alice', 'bob']),
  digest,
  current: digest,
  askedAt: 0,
  at: 1_000,
  requestedBy: null,
  caller: null,
  repeated: false,
  approvals: [],
  ...change,
});
const yes = (by: string | null = 'alice', about: string | null = digest): Answer => ({
  kind: 'decision',
  decision: 'approved',
  digest: about,
  by,
  comment: '',
});
const as = (decision: 'rejected' | 'withdrawn', by: string | null = 'alice'): Answer => ({
  kind: 'decision',
  decision,
  digest,
  by,
  comment: 'x',
});
const approvedBy = (by: string, at = 500) => ({ by, at, preSigned: false, digest });
const two = policy(['alice', 'bob'], { quorum: 2 });

test.each<[string, Answer, Partial<Standing>, string, RegExp]>([
  ['an approver says yes', yes(), {}, 'approved', /^$/],
  ['a yes that names no question is for the open one', yes('alice', null), {}, 'approved', /^$/],
  ['a yes for another question', yes('alice', 'sha256:0'), {}, 'asked_again', /for another question/],
  [
    'a no for another question does nothing either',
    { ...as('rejected'), digest: '0' } as Answer,
    {},
    'asked_again',
    /for another question/,
  ],
  ['what was shown has changed', yes(), { current: 'sha256:1' }, 'renewed', /has changed since it was shown/],
  ['a no after what was shown has changed', as('rejected'), { current: 'sha256:1' }, 'renewed', /has changed/],
  ['the question is too old', yes(), { at: 8 * 86_400_000 }, 'renewed', /older than the 168 h/],
  ['a no to a question that is too old', as('rejected'), { at: 8 * 86_400_000 }, 'rejected', /^$/],
  ['the same answer comes again', yes(), { repeated: true }, 'asked_again', /was used before.*approve 3f9a21c4/],
  ['a stranger', yes('mallory'), {}, 'asked_again', /mallory is no approver; ask alice or bob/],
  ['a stranger says no', as('rejected', 'mallory'), {}, 'asked_again', /mallory is no approver/],
  ['nobody is named and two could be meant', yes(null), {}, 'asked_again', /nobody is named; say who decides: alice or bob/],
  ['nobody is named and one could be meant', yes(null), { policy: policy(['alice']) }, 'approved', /^$/],
  ['a credential says who', yes(null), { caller: 'bob' }, 'approved', /^$/],
  [
    'an answer under a false name',
    yes('alice'),
    { caller: 'mallory' },
    'asked_again',
    /the answer says alice, and the credential says mallory/,
  ],
  [
    'a name without a credential, where one is wanted',
    yes(),
    { policy: policy(['alice'], { identity: 'credential' }) },
    'asked_again',
    /nothing vouches/,
  ],
  [
    'the requester',
    yes(),
    { requestedBy: 'alice' },
    'asked_again',
    /alice asked for this release and does not approve it as well; ask bob/,
  ],
  [
    'the requester, where the policy allows it',
    yes(),
    { requestedBy: 'alice', policy: policy(['alice'], { fourEyes: false }) },
    'approved',
    /^$/,
  ],
  ['the requester may say no', as('rejected'), { requestedBy: 'alice' }, 'rejected', /^$/],
  [
    'the same approver twice',
    yes(),
    { policy: two, approvals: [approvedBy('alice')] },
    'asked_again',
    /alice has approved already; 1 of 2 approvals \(alice\), waiting for the approval of bob/,
  ],
  [
    'the same approver again after the first yes has expired',
    yes(),
    { policy: policy(['alice', 'bob'], { quorum: 2, expiresMs: 1_000 }), askedAt: 5_000, at: 5_500, approvals: [approvedBy('alice', 0)] },
    'approved',
    /^$/,
  ],
  [
    'an approver takes a yes back',
    as('withdrawn'),
    { policy: two, approvals: [approvedBy('alice')] },
    'withdrawn',
    /alice has taken the approval back/,
  ],
  [
    'somebody takes back what was not given',
    as('withdrawn', 'bob'),
    { policy: two, approvals: [approvedBy('alice')] },
    'asked_again',
    /nothing to take back/,
  ],
  ['an answer that cannot be read', { kind: 'unclear', why: 'what?' }, {}, 'asked_again', /^what\?$/],
])('%s', (_, answer, change, kind, why) => {
  const ruling = ruleOnAnswer(answer, standing(change));
  expect(ruling.kind).toBe(kind);
  expect('why' in ruling ? ruling.why : '').toMatch(why);
});

test('only an approver whose yes counts is ever ruled to have approved', () => {
  const names = ['alice', 'bob', 'mallory', null];
  for (const by of names)
    for (const caller of names)
      for (const requestedBy of names)
        for (const identity of ['stated', 'credential'] as const) {
          const ruling = ruleOnAnswer(yes(by), standing({ caller, requestedBy, policy: policy(['alice', 'bob'], { identity }) }));
          if (ruling.kind !== 'approved') continue;
          expect(['alice', 'bob']).toContain(ruling.by);
          expect(ruling.by).not.toBe(requestedBy);
          if (caller !== null) expect(ruling.by).toBe(caller);
          if (identity === 'credential') expect(ruling.by).toBe(caller);
        }
});

test('the code of a question is the beginning of its digest', () => {
  expect(codeOf(digest)).toBe('3f9a21c4');
});
