import type { ApprovalQuestion } from '../../src/graph/approval-question.js';

type Answers = Record<'edit' | 'reply' | 'wrong' | 'right' | 'no', (question: ApprovalQuestion) => unknown>;

/** One column for each place where people answer: three answers that decide nothing, a yes and a no. */
export const styles: Record<string, Answers> = {
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
