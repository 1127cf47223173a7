import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { StagingConfigInput } from '../../src/catalog/config.js';
import { creditsOf } from '../../src/catalog/prices.js';
import { calling, ScriptedModel } from '../support/scripted-model.js';
import { simulatedRelease } from '../support/simulated-release.js';

const endpoint = 'http://127.0.0.1:9/v1';
const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
beforeEach(() => {
  vi.stubEnv('OPENAI_API_KEY', 'not-a-key');
  vi.stubEnv('OPENAI_BASE_URL', endpoint);
});
afterEach(() => {
  server.resetHandlers();
  vi.unstubAllEnvs();
});
afterAll(() => server.close());

type Asked = { model: string; at: number };
type Call = { name: string; arguments: string };

const usage = { prompt_tokens: 1_000, completion_tokens: 20, total_tokens: 1_020 };
const says = (message: { content?: string | null; refusal?: string; tool_calls?: Call[] }, finish_reason = 'stop') =>
  HttpResponse.json({
    id: 'c-1',
    object: 'chat.completion',
    model: 'any',
    choices: [
      {
        index: 0,
        finish_reason,
        message: {
          role: 'assistant',
          content: null,
          ...message,
          tool_calls: message.tool_calls?.map((one, index) => ({ id: `call-${index}`, type: 'function', function: one })),
        },
      },
    ],
    usage,
  });
const fine = () => says({ content: 'Nothing to add.' });
const fails = (status: number, headers: Record<string, string> = {}, code = 'any') =>
  HttpResponse.json({ error: { message: 'the provider says no', code } }, { status, headers });

/** A release whose provider answers its n-th question, by model, as the test says. */
const releaseWith = async (
  answer: (call: number, model: string) => Response | Promise<Response>,
  config: Partial<StagingConfigInput> = {},
) => {
  const asked: Asked[] = [];
  const cancelled: string[] = [];
  const release = await simulatedRelease({ model: 'openai:gpt-4.1-mini', config });
  server.use(
    http.post(`${endpoint}/chat/completions`, async ({ request }) => {
      const { model } = (await request.json()) as { model: string };
      asked.push({ model, at: release.ports.clock.now() });
      request.signal.addEventListener('abort', () => cancelled.push(model));
      return answer(asked.length, model);
    }),
  );
  return { ...release, cancelled, asked };
};

const reportsOf = async ({ store }: Pick<Awaited<ReturnType<typeof simulatedRelease>>, 'store'>) =>
  (await store.journal('release-1')).flatMap((row) => (row.kind === 'report' ? [row.value as { model: string; summary: string }] : []));
const spentBy = async ({ store }: Pick<Awaited<ReturnType<typeof simulatedRelease>>, 'store'>) => (await store.spent('release-1')).credits;
const credits = creditsOf('openai:gpt-4.1-mini', { input: 1_000, output: 20 });

const passing: [string, () => Response, number][] = [
  ['that is overloaded', () => fails(503), 0],
  ['that limits the rate', () => fails(429), 0],
  ['that drops the connection', () => HttpResponse.error(), 0],
  ['whose answer is no JSON', () => new HttpResponse('<html>gateway</html>', { headers: { 'content-type': 'application/json' } }), 0],
  ['whose answer is half', () => HttpResponse.json({ id: 'c-1', object: 'chat.completion' }), 0],
  ['whose answer is empty', () => says({ content: '' }), credits],
  ['that refuses', () => says({ refusal: 'I cannot help with that.' }), credits],
  ['whose answer was filtered', () => says({ content: 'x' }, 'content_filter'), credits],
  ['whose call cannot be read', () => says({ tool_calls: [{ name: 'plan_environment', arguments: '{"a":' }] }), credits],
];

test.each(passing)('a model %s is asked again, and the release goes on', async (_, fault, charged) => {
  const release = await releaseWith((call) => (call <= 2 ? fault() : fine()));
  const { state } = await release.run();
  expect(state.outcome).toBe('promoted');
  expect(await spentBy(release)).toBe((release.asked.length - 2) * credits + 2 * charged); // every try counts for what it cost
});

test.each(passing)('a model %s for good is asked three times, and then the release stops with production as it was', async (_, fault) => {
  const release = await releaseWith(fault);
  const { state } = await release.run();
  expect(release.asked).toHaveLength(3);
  expect(state.halt).toMatchObject({ outcome: 'errored', code: 'MODEL_UNREACHABLE' });
  expect(state.halt?.reason).toMatch(/^Failed to get an answer from the model: openai:gpt-4.1-mini: .+\. Check OPENAI_API_KEY/);
  expect((await release.ports.deployment.status('production')).slots.every(({ version }) => version === null)).toBe(true);
});

test('the waits between the tries double', async () => {
  const { run, asked } = await releaseWith(() => fails(500), { modelLimits: { tries: 4, retryAfterMs: 1_000 } });
  await run();
  expect(asked.map(({ at }, index) => at - (asked[index - 1]?.at ?? at))).toEqual([0, 1_000, 2_000, 4_000]);
});

test.each([
  ['retry-after', '7', 7_000],
  ['retry-after-ms', '1500', 1_500],
])('a provider that names the wait (%s) is waited for that long', async (header, value, ms) => {
  const { run, asked } = await releaseWith((call) => (call === 1 ? fails(429, { [header]: value }) : fine()));
  await run();
  expect((asked[1]?.at ?? 0) - (asked[0]?.at ?? 0)).toBe(ms);
});

test('a provider that wants an hour is not waited for', async () => {
  const { run, asked } = await releaseWith(() => fails(429, { 'retry-after': '3600' }));
  const { state } = await run();
  expect(asked).toHaveLength(1);
  expect(state.halt?.reason).toContain('3600 s');
});

test.each([
  [401, 'invalid_api_key'],
  [400, 'context_length_exceeded'],
  [429, 'insufficient_quota'],
])('what no second try can mend (%s %s) is not tried again', async (status, code) => {
  const { run, asked } = await releaseWith(() => fails(status, {}, code));
  expect((await run()).state.halt).toMatchObject({ code: 'MODEL_UNREACHABLE' });
  expect(asked).toHaveLength(1);
});

test('a model that gives no answer in time is given up on, its call is cancelled, and what it may have cost is counted', async () => {
  const release = await releaseWith(() => new Promise<never>(() => undefined), { modelLimits: { timeoutMs: 100, tries: 2 } });
  const { state } = await release.run();
  expect(state.halt?.reason).toContain('no answer within 0.1 s');
  expect(release.cancelled).toEqual(['gpt-4.1-mini', 'gpt-4.1-mini']);
  expect(await spentBy(release)).toBeGreaterThan(2 * creditsOf('openai:gpt-4.1-mini', { input: 0, output: 4_096 }));
});

test('tries stop where the credits end', async () => {
  const { run, asked } = await releaseWith(() => new Promise<never>(() => undefined), {
    modelLimits: { timeoutMs: 50 },
    limits: { maxCredits: 15_000 },
  });
  const { state } = await run();
  expect(state.halt).toMatchObject({ outcome: 'stopped', code: 'LIMIT_REACHED' });
  expect(asked.length).toBeLessThan(3);
});

test('the fallback model takes over, begins anew, and the report says who spoke', async () => {
  const release = await releaseWith((_, model) => (model === 'gpt-4.1-mini' ? fails(401) : fine()), {
    fallbackModel: 'openai:gpt-4o-mini',
  });
  const { state } = await release.run();
  expect(state.outcome).toBe('promoted');
  expect(new Set((await reportsOf(release)).map(({ model }) => model))).toEqual(new Set(['openai:gpt-4o-mini']));
});

test('where both models are down and the policy says so, the runbook takes the required steps and says that it was the runbook', async () => {
  const release = await releaseWith(() => fails(401), { fallbackModel: 'openai:gpt-4o-mini', whenModelIsDown: 'runbook' });
  const { state } = await release.run();
  expect(state.outcome).toBe('promoted');
  const [first] = await reportsOf(release);
  expect(first?.model).toBe('runbook');
  expect(first?.summary).toMatch(
    /^The runbook took the required steps, because no model was there: openai:gpt-4.1-mini: 401.+; then openai:gpt-4o-mini: 401/,
  );
});

test('a runbook that stands in opens no gate that the evidence does not open', async () => {
  const release = await simulatedRelease({
    model: new ScriptedModel(() => {
      throw new Error('out of order');
    }),
    config: { whenModelIsDown: 'runbook' },
    faults: [{ kind: 'red_test' }],
  });
  expect((await release.run()).state.outcome).toBe('rejected');
});

test.each([
  ['repeats itself', () => calling({ name: 'plan_environment', args: {} }), 'it repeats itself: the same calls 3 times in a row'],
  [
    'calls what it has not',
    (call: number) => calling({ name: `made_up_${call}`, args: {} }),
    'it called what it may not, or wrongly, 3 times in a row',
  ],
  [
    'answers in the wrong schema',
    (call: number) => calling({ name: 'plan_environment', args: { depth: call } }),
    'it called what it may not, or wrongly',
  ],
  [
    'never concludes',
    (call: number) => calling({ name: call % 2 ? 'plan_environment' : 'made_up', args: {} }),
    'no conclusion after 16 turns',
  ],
])('a model that %s is given up', async (_, answer, why) => {
  let calls = 0;
  const { run } = await simulatedRelease({ model: new ScriptedModel((_messages, call) => ((calls = call), answer(call))) });
  const { state } = await run();
  expect(state.halt).toMatchObject({ code: 'MODEL_UNREACHABLE', reason: expect.stringContaining(why) as string });
  expect(calls).toBeLessThanOrEqual(16);
});

test('a release that stopped because the model was down goes on once it answers: earlier tries do not count against it', async () => {
  let down = true;
  const release = await releaseWith(() => (down ? fails(503) : fine()));
  expect((await release.run()).state.halt).toMatchObject({ code: 'MODEL_UNREACHABLE' });
  expect((await release.resume()).state.halt).toMatchObject({ code: 'MODEL_UNREACHABLE' });
  expect(release.asked).toHaveLength(6);
  down = false;
  expect((await release.resume()).state.outcome).toBe('promoted');
  const troubles = (await release.store.journal('release-1')).filter((row) => row.kind === 'note' && row.name === 'model');
  expect(troubles).toHaveLength(6);
});
