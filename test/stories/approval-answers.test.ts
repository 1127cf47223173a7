import { expect, test } from 'vitest';
import type { ApprovalQuestion } from '../../src/graph/approval-question.js';
import { simulatedRelease } from '../support/simulated-release.js';

type Answers = Record<'edit' | 'reply' | 'wrong' | 'right' | 'no', (question: ApprovalQuestion) => unknown>;

/** One column for each place where people answer. */
const styles: Record<string, Answers> = {
  'Agent Inbox': {
    edit: ({ action_request: { action, args } }) => [{ type: 'edit', args: { action, args: { ...args, version: 'v9.9.9' } } }],
    reply: () => [{ type: 'response', args: 'yes, ship it' }],
    wrong: () => ({ accept: true }),
    right: ({ action_request }) => [{ type: 'accept', args: action_request }],
    no: () => [{ type: 'response', args: 'reject: not on a Friday' }],
  },
  'LangChain in JavaScript': {
    edit: ({ actionRequests: [{ name, args }] }) => ({
      decisions: [{ type: 'edit', editedAction: { name, args: { ...args, artifact: 'x' } } }],
    }),
    reply: () => ({ decisions: [{ type: 'respond', message: 'looks good to me, go' }] }),
    wrong: () => ({ decisions: [] }),
    right: () => ({ decisions: [{ type: 'approve' }] }),
    no: () => ({ decisions: [{ type: 'reject', message: 'not on a Friday' }] }),
  },
  'LangChain in Python': {
    edit: ({ action_requests: [{ name, args }] }) => ({
      decisions: [{ type: 'edit', edited_action: { name: 'rm', args: { ...args, name } } }],
    }),
    reply: () => 'yes, ship it',
    wrong: () => ({ decisions: [{ type: 'approve' }, { type: 'approve' }] }),
    right: () => ({ decisions: [{ type: 'approve' }] }),
    no: () => ({ decisions: [{ type: 'reject', message: 'not on a Friday' }] }),
  },
  'plain text': {
    edit: ({ code }) => `approve ${code} but with v9.9.9`,
    reply: () => 'what are the risks?',
    wrong: () => '',
    right: ({ code }) => `approve ${code}`,
    no: () => 'reject, not on a Friday',
  },
  'MCP elicitation': {
    edit: () => ({ action: 'accept', content: { decision: 'approve', code: 'deadbeef' } }),
    reply: () => ({ action: 'decline' }),
    wrong: () => ({ action: 'accept', content: {} }),
    right: () => ({ action: 'accept', content: { decision: 'approve' } }),
    no: () => ({ action: 'accept', content: { decision: 'reject', comment: 'not on a Friday' } }),
  },
  A2A: {
    edit: () => ({ role: 'user', parts: [{ data: { digest: 'sha256:0', decision: 'approved' } }] }),
    reply: () => ({ role: 'user', parts: [{ text: 'approved' }] }),
    wrong: () => ({ role: 'user', parts: [] }),
    right: ({ code }) => ({ role: 'user', parts: [{ text: `approve ${code}` }] }),
    no: () => ({ role: 'user', parts: [{ text: 'reject: not on a Friday' }] }),
  },
};

test.each(Object.entries(styles))(
  '%s: an edit, a reply and a wrong shape each leave the question open with a reason, then a right answer promotes',
  async (_, answers) => {
    const { run, answer, store } = await simulatedRelease({ preApprovedBy: null });
    let { question } = await run();
    for (const given of [answers.edit, answers.reply, answers.wrong]) {
      if (question === null) throw new Error('nothing is asked any more');
      const again = await answer(given(question));
      expect(again.state.outcome).toBeNull();
      expect(again.question).toMatchObject({ digest: question.digest, ask: question.ask + 1, note: expect.stringMatching(/./) as string });
      expect(again.state.messages.at(-1)?.text).toMatch(/The question stays open\.$/);
      question = again.question;
    }
    if (question === null) throw new Error('nothing is asked any more');
    const { state } = await answer(answers.right(question));
    expect(state.outcome).toBe('promoted');
    expect(state.approvals).toMatchObject([{ by: 'owner', decision: 'approved' }]);
    const notes = store.journal('release-1').filter((row) => row.kind === 'note' && row.name.startsWith('approval'));
    expect(notes.map((row) => row.name)).toEqual([...Array<string>(3).fill('approval answer refused'), 'approval approved']);
  },
);

test.each(Object.entries(styles))('%s: a no sends staging back, with the reason', async (_, answers) => {
  const { run, answer } = await simulatedRelease({ preApprovedBy: null });
  const { question } = await run();
  if (question === null) throw new Error('nothing is asked');
  const { state } = await answer(answers.no(question));
  expect(state.outcome).toBe('rejected');
  expect(state.outcomeReason).toContain('not on a Friday');
});
