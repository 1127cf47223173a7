import { expect, test } from 'vitest';
import { simulatedRelease } from '../support/simulated-release.js';

test('the approval gate asks, shows what would be deployed, and promotes when a named approver says so', async () => {
  const { run, answer } = await simulatedRelease({ preApprovedBy: null });
  const asked = await run();
  expect(asked.state.outcome).toBeNull();
  expect(asked.question).toMatchObject({ version: 'v2.2.0', environment: 'production', approvers: ['owner'] });
  const { state } = await answer({ digest: asked.question?.digest, decision: 'approved', by: 'owner' });
  expect(state.outcome).toBe('promoted');
  expect(state.approvals).toMatchObject([{ by: 'owner', decision: 'approved', preSigned: false }]);
});

test('a refused approval sends staging back to the stable version', async () => {
  const { run, answer, ports } = await simulatedRelease({ preApprovedBy: null });
  const { question } = await run();
  const { state } = await answer({ digest: question?.digest, decision: 'rejected', by: 'owner', comment: 'not on a Friday' });
  expect(state.outcome).toBe('rejected');
  expect(state.outcomeReason).toContain('not on a Friday');
  const status = await ports.deployment.status('staging');
  expect(status.slots.find((slot) => slot.slot === status.activeSlot)?.version).toBe('v2.1.1');
});

test.each([
  ['of another digest', { digest: 'sha256:0', decision: 'approved', by: 'owner' }],
  ['by a stranger', { digest: 'REAL', decision: 'approved', by: 'stranger' }],
  ['in another shape', 'yes, approve it'],
  ['with an unknown decision', { digest: 'REAL', decision: 'maybe', by: 'owner' }],
])('an answer %s opens nothing', async (_, given) => {
  const { run, answer, resume } = await simulatedRelease({ preApprovedBy: null });
  const { question } = await run();
  const sent = typeof given === 'object' && given.digest === 'REAL' ? { ...given, digest: question?.digest } : given;
  await answer(sent).catch(() => undefined);
  const again = await resume();
  expect(again.state.outcome).toBeNull();
  expect(again.question?.digest).toBe(question?.digest);
});
