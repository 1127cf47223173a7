import fc from 'fast-check';
import { expect, test } from 'vitest';
import { elicitationOf } from '../../../src/graph/approval-answers/elicitation.js';
import { readAnswer } from '../../../src/graph/approval-answers/read-answer.js';
import { approvalQuestion, editable, type ApprovalQuestion } from '../../../src/graph/approval-question.js';

const digest = `sha256:${'3f9a21c4'.repeat(8)}`;
const asked = (approvers: string[], identity: 'stated' | 'credential' = 'stated'): ApprovalQuestion =>
  approvalQuestion(
    {
      release: 'r1',
      digest,
      ask: 1,
      service: 'shop',
      version: 'v2',
      services: [],
      artifact: 'sha256:a',
      gates: [{ gate: 'security', outcome: 'passed' }],
      waived: [],
      risks: ['a migration'],
      rollback: 'v1 in blue',
      conditions: [],
      changes: { commit: 'c', files: 3, insertions: 20, deletions: 1, features: ['wishlist'], detail: '' },
      approvers,
      quorum: 1,
      approvedBy: [],
      requestedBy: null,
      expiresAt: 9,
      note: '',
    },
    identity,
  );
const question = asked(['alice', 'bob']);
const { args } = question.action_request;

const yes = { kind: 'decision', decision: 'approved' };
const no = { kind: 'decision', decision: 'rejected' };
const unclear = (why: RegExp) => ({ kind: 'unclear', why: expect.stringMatching(why) as string });
const edited = (change: object, name: string | undefined = 'promote_to_production') => ({ name, args: { ...args, ...change } });
const inboxEdit = (change: object) => [{ type: 'edit', args: { action: 'promote_to_production', args: { ...args, ...change } } }];
const decisions = (...all: unknown[]) => ({ decisions: all });
const parts = (...all: unknown[]) => ({ kind: 'message', role: 'user', messageId: 'm', parts: all });

const table: [style: string, answer: string, given: unknown, reading: object][] = [
  ['our own', 'approval', { digest, decision: 'approved', by: 'alice' }, { ...yes, digest, by: 'alice', comment: '' }],
  ['our own', 'rejection', { digest, decision: 'rejected', by: 'alice', comment: 'no' }, { ...no, digest, comment: 'no' }],
  ['our own', 'withdrawal', { digest, decision: 'withdrawn', by: 'alice' }, { kind: 'decision', decision: 'withdrawn', digest }],
  ['our own', 'answer without a digest', { decision: 'approved', by: 'alice' }, unclear(/digest/)],
  ['our own', 'unknown decision', { digest, decision: 'maybe', by: 'alice' }, unclear(/decision/)],
  ['our own', 'unknown key', { digest, decision: 'approved', by: 'alice', force: true }, unclear(/could not be read/)],

  ['Agent Inbox', 'accept', [{ type: 'accept', args: null }], { ...yes, digest: null, by: null }],
  ['Agent Inbox', 'accept with what was shown', [{ type: 'accept', args: question.action_request }], { ...yes, digest }],
  [
    'Agent Inbox',
    'accept of another question',
    [{ type: 'accept', args: { action: 'promote_to_production', args: { ...args, digest: 'sha256:0' } } }],
    { ...yes, digest: 'sha256:0' },
  ],
  ['Agent Inbox', 'accept of another action', [{ type: 'accept', args: { action: 'delete', args } }], unclear(/the action/)],
  ['Agent Inbox', 'edit of who and why', inboxEdit({ by: 'bob', comment: 'fine' }), { ...yes, digest, by: 'bob', comment: 'fine' }],
  ['Agent Inbox', 'edit of the version', inboxEdit({ version: 'v3', by: 'bob' }), unclear(/cannot change what is approved \(version\)/)],
  ['Agent Inbox', 'edit with another key', inboxEdit({ skipGates: 'true' }), unclear(/skipGates/)],
  [
    'Agent Inbox',
    'edit that leaves keys out',
    [{ type: 'edit', args: { action: 'promote_to_production', args: { by: 'bob' } } }],
    unclear(/release, digest, ask/),
  ],
  ['Agent Inbox', 'edit of nothing', [{ type: 'edit', args: null }], unclear(/does not say what/)],
  ['Agent Inbox', 'reply with the code', [{ type: 'response', args: 'approve 3f9a21c4' }], { ...yes, digest }],
  ['Agent Inbox', 'reply without the code', [{ type: 'response', args: 'yes, ship it' }], unclear(/approve 3f9a21c4/)],
  ['Agent Inbox', 'reply that rejects', [{ type: 'response', args: 'reject: not on a Friday' }], { ...no, comment: 'not on a Friday' }],
  ['Agent Inbox', 'ignore', [{ type: 'ignore', args: null }], unclear(/leaves it open/)],
  ['Agent Inbox', 'two answers', [{ type: 'accept' }, { type: 'accept' }], unclear(/2 answers/)],
  ['Agent Inbox', 'empty list', [], unclear(/no button/)],
  ['Agent Inbox', 'button that does not exist', [{ type: 'constructor' }], unclear(/no button/)],

  ['LangChain', 'approve', decisions({ type: 'approve' }), { ...yes, digest: null, by: null }],
  ['LangChain', 'reject', decisions({ type: 'reject', message: 'too risky' }), { ...no, comment: 'too risky' }],
  [
    'LangChain in JavaScript',
    'edit of who',
    decisions({ type: 'edit', editedAction: edited({ by: 'bob' }) }),
    { ...yes, digest, by: 'bob' },
  ],
  [
    'LangChain in JavaScript',
    'edit of the artifact',
    decisions({ type: 'edit', editedAction: edited({ artifact: 'x' }) }),
    unclear(/artifact/),
  ],
  [
    'LangChain in JavaScript',
    'edit of the tool',
    decisions({ type: 'edit', editedAction: edited({}, 'delete_all') }),
    unclear(/the action/),
  ],
  ['LangChain in Python', 'edit of who', decisions({ type: 'edit', edited_action: edited({ by: 'bob' }) }), { ...yes, digest, by: 'bob' }],
  [
    'LangChain in Python',
    'edit of the environment',
    decisions({ type: 'edit', edited_action: edited({ environment: 'x' }) }),
    unclear(/environment/),
  ],
  ['LangChain', 'reply', decisions({ type: 'respond', message: 'why?' }), unclear(/gates: security passed; risks: a migration/)],
  ['LangChain', 'decision for more than was asked', decisions({ type: 'approve' }, { type: 'approve' }), unclear(/2 answers/)],
  ['LangChain', 'no list', { decisions: 'approve' }, unclear(/no list/)],
  ['LangChain', 'decision that does not exist', decisions({ type: 'approved-ish' }), unclear(/no button/)],

  [
    'MCP',
    'accept with a yes',
    { action: 'accept', content: { decision: 'approve', comment: 'ok' } },
    { ...yes, digest: null, comment: 'ok' },
  ],
  ['MCP', 'accept with a no', { action: 'accept', content: { decision: 'reject' } }, no],
  [
    'MCP',
    'accept of another code',
    { action: 'accept', content: { decision: 'approve', code: '00000000' } },
    { ...yes, digest: '00000000' },
  ],
  ['MCP', 'accept without a decision', { action: 'accept', content: {} }, unclear(/no decision/)],
  ['MCP', 'accept without content', { action: 'accept' }, unclear(/no decision/)],
  ['MCP', 'decline', { action: 'decline' }, unclear(/not sent/)],
  ['MCP', 'cancel', { action: 'cancel' }, unclear(/not sent/)],
  ['MCP', 'unknown action', { action: 'approve' }, unclear(/no decision/)],

  ['A2A', 'text part with the code', parts({ kind: 'text', text: 'approve 3f9a21c4' }), { ...yes, digest }],
  ['A2A', 'text part without the code', parts({ text: 'approved' }), unclear(/must name/)],
  [
    'A2A',
    'text part as the SDK holds it',
    parts({ content: { $case: 'text', value: 'reject, too early' } }),
    { ...no, comment: 'too early' },
  ],
  [
    'A2A',
    'data part',
    parts({ kind: 'text', text: 'here' }, { kind: 'data', data: { digest, decision: 'approved', by: 'bob' } }),
    { ...yes, digest, by: 'bob' },
  ],
  [
    'A2A',
    'data part as the SDK holds it',
    { message: parts({ content: { $case: 'data', value: { action: 'accept', content: { decision: 'approve' } } } }) },
    yes,
  ],
  ['A2A', 'two data parts', parts({ data: { a: 1 } }, { data: { b: 1 } }), unclear(/2 answers/)],
  ['A2A', 'message in a message', parts({ data: parts({ text: 'approve 3f9a21c4' }) }), unclear(/within a message/)],
  ['A2A', 'no part', parts(), unclear(/empty/)],

  ['a sentence', 'approval with the code', 'Approve 3f9a21c4', { ...yes, digest, by: null }],
  ['a sentence', 'approval with the whole digest', `yes, ${digest}`, { ...yes, digest }],
  ['a sentence', 'approval that names somebody', 'alice says: approve 3F9A21C4', { ...yes, digest, by: null }],
  ['a sentence', 'approval without the code', 'yes, ship it', unclear(/must name what it is for/)],
  ['a sentence', 'approval of another code', 'approve 00000000', { ...yes, digest: '00000000' }],
  ['a sentence', 'approval of two codes', 'approve 3f9a21c4 00000000', { ...yes, digest: '00000000' }],
  ['a sentence', 'condition', 'approve 3f9a21c4 unless it is Friday', unclear(/condition/)],
  ['a sentence', 'yes and no', "approve 3f9a21c4, or rather don't", unclear(/condition/)],
  ...[
    'nicht approve 3f9a21c4',
    'approve 3f9a21c4, aber erst morgen',
    'ne pas approve 3f9a21c4',
    'не approve 3f9a21c4',
    '不 approve 3f9a21c4',
  ].map((said): (typeof table)[number] => ['a sentence', 'no in another language', said, unclear(/condition/)]),
  ['a sentence', 'question', 'shall I approve 3f9a21c4?', unclear(/a question decides nothing/)],
  ['a sentence', 'rejection', 'rejected', { ...no, digest: null, comment: '' }],
  ['a sentence', 'rejection of another code', 'reject 00000000', { ...no, digest: '00000000' }],
  ['a sentence', 'rejection in other words', "no, don't ship it", no],
  ['a sentence', 'word that is neither', 'hello', unclear(/neither yes nor no/)],
  ['a sentence', 'no that begins something else', 'no problem, ship it', unclear(/condition/)],
  ['a sentence', 'nothing', '  ', unclear(/empty/)],

  ['no style', 'number', 7, unclear(/could not be read/)],
  ['no style', 'nothing', null, unclear(/could not be read/)],
  ['no style', 'yes as a truth value', true, unclear(/could not be read/)],
  ['no style', 'object of something else', { approved: true }, unclear(/could not be read/)],
];

test.each(table)('%s: %s is read as what it says', (_, __, given, reading) => {
  expect(readAnswer(given, question)).toMatchObject(reading);
});

test('whatever comes, reading it never throws, and what is no answer approves nothing', () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.string(), fc.array(fc.record({ type: fc.string(), args: fc.jsonValue() }))), (given) => {
      expect(readAnswer(given, question)).not.toMatchObject(yes);
    }),
  );
});

test('an edit approves whatever it fills in of who and why, and nothing whose other arguments differ', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(args)), fc.string(), (key, value) => {
      fc.pre(value !== args[key]);
      const read = readAnswer(inboxEdit({ [key]: value }), question);
      const stands = read.kind === 'decision' && read.digest === digest;
      expect(stands).toBe(editable.includes(key));
    }),
  );
});

test('the question is what every chat UI renders, with the same arguments in each shape', () => {
  expect(question).toMatchObject({ kind: 'approval', code: '3f9a21c4', environment: 'production', approvers: ['alice', 'bob'] });
  expect(question.actionRequests).toEqual([{ name: question.action_request.action, args, description: question.description }]);
  expect(question.action_requests).toEqual(question.actionRequests);
  expect(question.review_configs[0].allowed_decisions).toEqual(question.reviewConfigs[0].allowedDecisions);
  expect(Object.values(args).every((value) => typeof value === 'string')).toBe(true);
  for (const shown of ['security passed', 'a migration', 'v1 in blue', '3 files', 'wishlist', 'alice, bob', '3f9a21c4'])
    expect(question.description).toContain(shown);
});

test.each([
  ['two approvers and no credential', asked(['alice', 'bob']), '', true],
  ['one approver, who alone can be meant', asked(['alice']), 'alice', false],
  ['a credential that says who it is', asked(['alice', 'bob'], 'credential'), '', false],
])('an edit is offered only to name an approver: %s', (_, { action_request, config, reviewConfigs }, by, edit) => {
  expect(action_request.args['by']).toBe(by);
  expect(config.allow_edit).toBe(edit);
  expect(reviewConfigs[0].allowedDecisions.includes('edit')).toBe(edit);
});

test('the form that MCP elicits is flat, and asks for a decision', () => {
  const { message, requestedSchema } = elicitationOf(question);
  expect(message).toBe(question.description);
  expect(requestedSchema.required).toEqual(['decision']);
  expect(Object.values(requestedSchema.properties).every((property) => property.type === 'string')).toBe(true);
});
