import { expect, test } from 'vitest';
import { answerQuestion } from '../../src/graph/answer-question.js';
import { toldFrom } from '../../src/graph/reply.js';
import { simulatedRelease } from '../support/simulated-release.js';

const told = async (options: Parameters<typeof simulatedRelease>[0]) => {
  const { run, ports } = await simulatedRelease(options);
  const release = toldFrom((await run()).state, ['owner']);
  if (release === null) throw new Error('no release');
  return (question: string) => answerQuestion(question, release, ports.clock.now());
};
const waiting = told({ preApprovedBy: null, wanted: { conditions: ['the legal review'], requestedBy: 'rita' } });
const refused = told({ faults: [{ kind: 'red_test' }], config: { maxFixAttempts: 0 } });

test.each([
  ['why is it waiting?', /waits for an approver\..* A yes confirms: the legal review\./],
  ['what would it take to pass?', /waiting for the approval of owner.*owner must approve it\./],
  ['who approved?', /The question is open \([0-9a-f]{8}\); owner may answer it\. rita asked for it\./],
  ['is the error rate normal?', /error rate passed: .* of 12500 requests failed/],
  ['which tests failed?', /^None failed of \d+ tests/],
  ['how long has it been stable?', /stability period passed: healthy for 24 h/],
  ['what changed since yesterday?', /^Since 2026-01-01 00:00 UTC: .*stability gate passed/],
  ['what changed in the last 5 minutes?', /stability gate passed/],
  ['what changed since 2026-03-01?', /nothing has changed/],
  ['what does the candidate contain?', /storefront v2\.2\.0, with wishlist and fast-checkout: 1 file changed.*feature\/wishlist/],
  ['is it healthy?', /^Staging is healthy\. No alert was raised\./],
  ['what about memory?', /memory growth passed/],
  ['any vulnerabilities?', /vulnerability scan passed/],
  ['how much traffic does it have?', /newest rollout: staging v2\.2\.0, success/],
  ['what is next?', /An approver answers; then production\. The plan: canary/],
  ['where does it stand?', /Release release-1, storefront v2\.2\.0, waits for an approver/],
])('while it waits for an approver, "%s" is answered from the blackboard', async (question, text) => {
  expect((await waiting)(question).text).toMatch(text);
});

test('an answer names the evidence that it rests on, and every digest once', async () => {
  const { evidence } = (await waiting)('is the error rate normal?');
  expect(evidence.length).toBeGreaterThan(0);
  expect(evidence.every((digest) => /^sha256:[0-9a-f]{64}$/.test(digest))).toBe(true);
  expect(new Set(evidence).size).toBe(evidence.length);
});

test.each([
  ['which tests failed?', /\d+ of \d+ tests? failed\. \w+: /],
  ['what would it take to pass?', /It has ended \(rejected\).*A new release would have to pass:.*failed/],
  ['why was it not promoted?', /A new release would have to pass/],
  ['how long has it been stable?', /has not been deployed to staging/],
])('of a release that its tests have ended, "%s" tells why', async (question, text) => {
  expect((await refused)(question).text).toMatch(text);
});

test.each(['what is the weather like?', 'how old are you?', 'can you sing?'])(
  '"%s" is not known, and what is known is offered',
  async (question) => {
    const { text, evidence } = (await waiting)(question);
    expect(text).toMatch(/^I do not know that; I can answer: what it would take to pass, /);
    expect(evidence).toEqual([]);
  },
);
