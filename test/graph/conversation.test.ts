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
  expect(store.releases()).toHaveLength(1);
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
