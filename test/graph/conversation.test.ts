import { expect, test } from 'vitest';
import { simulatedRelease } from '../support/simulated-release.js';

test('whoever asks on the thread of a waiting release is told what it waits for, and the question stays open', async () => {
  const { run, say } = await simulatedRelease({ preApprovedBy: null });
  const { question } = await run();
  const asked = await say('why is it waiting?');
  expect(asked.state.messages.at(-1)?.text).toContain('waits for an approver');
  expect(asked.question?.digest).toBe(question?.digest);
});

test('a request on the thread of a release that has ended is answered, not swallowed', async () => {
  const { run, say, store } = await simulatedRelease();
  await run();
  const { state } = await say('ship storefront v2.3.0 to staging');
  expect(state.messages.at(-1)?.text).toMatch(/v2\.2\.0: promoted\..* thread of its own/);
  expect(await store.releases()).toHaveLength(1);
});

test.each([
  ['please take care of it', /neither a service nor a release/],
  ['ship storefront', /Which version of storefront\?/],
  ['ship billing v1.0.0', /not "billing"/],
])('"%s" is asked back about, and the answer completes it', async (text, question) => {
  const { say } = await simulatedRelease();
  expect((await say(text)).state.messages.at(-1)?.text).toMatch(question);
  const { state } = await say('ship storefront v2.2.0 to staging only');
  expect(state.outcome).toBe('held');
});

test.each([
  ['approve', 'alice', /a yes in words must name what it is for.*The question stays open/i],
  ['approve $code if it is green', 'alice', /a yes with a condition is no yes/i],
  ['approve $code', 'mallory', /mallory is no approver/i],
  ['approve $code', undefined, /decides only where a credential says who wrote it/],
  ['reject: not today', undefined, /decides only where a credential says who wrote it/],
])('"%s" by %s on the thread of a waiting release is refused with a reason, and the question stays open', async (text, by, why) => {
  const { run, say } = await simulatedRelease({ preApprovedBy: null, config: { approvers: ['alice', 'bob'] } });
  const { question } = await run();
  const { state, question: after } = await say(text.replace('$code', question?.code ?? ''), by);
  expect(state.messages.at(-1)?.text).toMatch(why);
  expect([state.outcome, state.approvals, after?.digest]).toEqual([null, [], question?.digest]);
});

test.each([
  ['approve $code', 'promoted'],
  ['reject: not today', 'rejected'],
])('"%s" by an approver whom a credential names decides: %s', async (text, outcome) => {
  const config = { approvers: ['alice', 'bob'], approval: { identity: 'credential' as const } };
  const { run, say } = await simulatedRelease({ preApprovedBy: null, config });
  const { question } = await run();
  const { state } = await say(text.replace('$code', question?.code ?? ''), 'alice');
  expect([state.outcome, state.approvals.map(({ by }) => by)]).toEqual([outcome, ['alice']]);
});
