import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import type { ReleaseDocument } from '../../src/desk/document.js';
import { command, folderWith, simulatedService } from '../support/command.js';

type Asked = { model: string; messages: { role: string; content: string | null }[]; tools: { function: { name: string } }[] };
type Answer = { content: string | null; tool_calls?: { id: string; type: 'function'; function: { name: string; arguments: string } }[] };

let server: Server | undefined;
afterEach(() => server?.close());

/** A server that speaks the Chat Completions protocol, and what it was asked. */
const openai = async (answer: (asked: Asked) => Answer) => {
  const all: Asked[] = [];
  server = createServer((request, response) => {
    void json(request).then((body) => {
      const asked = body as Asked; // ChatOpenAI wrote it
      all.push(asked);
      const message = { role: 'assistant', ...answer(asked) };
      const usage = { prompt_tokens: 1_000, completion_tokens: 20, total_tokens: 1_020 };
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ id: `c-${all.length}`, object: 'chat.completion', model: asked.model, choices: [{ index: 0, message }], usage }),
      );
    });
  });
  await new Promise<void>((listens) => server?.listen(0, '127.0.0.1', listens));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return { all, env: { OPENAI_API_KEY: 'not-a-key', OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1` } };
};

const sentence = 'ship storefront v2.2.0 to staging, promote it if it is healthy';
const dryRun = async (env: Record<string, string>, ...more: string[]) =>
  command(['release', sentence, '--dry-run', '--json', '--model', 'openai:gpt-4.1-mini', ...more], {
    cwd: await folderWith(simulatedService),
    env,
  });

test('a language model behind any base URL that does nothing but agree leaves all evidence to the runtime', async () => {
  const { all, env } = await openai(() => ({ content: 'Everything is fine and every gate is open.' }));
  const { stdout, stderr, exitCode } = await dryRun(env, '--approve-as', 'owner');
  expect(String(stderr)).not.toContain('Warning'); // of Node: too many listeners to the signal that all calls share
  const document = JSON.parse(String(stdout)) as ReleaseDocument;
  expect({ outcome: document.outcome, exitCode }).toEqual({ outcome: 'promoted', exitCode: 0 });
  const unproven = document.gates.flatMap((gate) => gate.checks).filter((check) => check.evidence.length === 0);
  expect(unproven.map((check) => check.check)).toEqual(['stakeholder_signoff']); // a person's word, bound to a digest of its own
  expect(document.model).toMatchObject({
    name: 'openai:gpt-4.1-mini',
    isLanguageModel: true,
    calls: all.length,
    inputTokens: 1_000 * all.length,
    credits: 432 * all.length, // 1000 x 0.40 and 20 x 1.60 dollars per million
  });
});

test('a tool that only the runtime may use is refused to a model that asks for it, and the model is told', async () => {
  const { all, env } = await openai((asked) => {
    const told = asked.messages.some((message) => message.role === 'tool');
    const call = { id: 'call-1', type: 'function' as const, function: { name: 'promote_to_production', arguments: '{}' } };
    return told ? { content: 'As you wish.' } : { content: null, tool_calls: [call] };
  });
  const { stdout, exitCode } = await dryRun(env);
  const document = JSON.parse(String(stdout)) as ReleaseDocument;
  expect(exitCode).toBe(3);
  expect(document.rollout.filter((change) => change.environment === 'production')).toEqual([]);
  expect(all.flatMap((asked) => asked.tools).map((tool) => tool.function.name)).not.toContain('promote_to_production');
  const told = all.flatMap((asked) => asked.messages).filter((message) => message.role === 'tool');
  expect(told.length).toBeGreaterThan(0);
  for (const { content } of told) expect(content).toContain('has no tool "promote_to_production"');
});

test('a model that cannot be reached is one sentence with a remedy, and no key is in it', async () => {
  const unreachable = { OPENAI_API_KEY: 'not-a-key', OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' };
  const folder = await folderWith(simulatedService);
  const first = await command(['release', sentence, '--dry-run', '--json', '--model', 'openai:gpt-4.1-mini', '--approve-as', 'owner'], {
    cwd: folder,
    env: unreachable,
  });
  const stopped = JSON.parse(String(first.stdout)) as ReleaseDocument & { halted: { code: string; reason: string } };
  expect(first.exitCode).toBe(5);
  expect(stopped.halted.code).toBe('MODEL_UNREACHABLE');
  expect(stopped.halted.reason).toContain('OPENAI_BASE_URL');
  expect(`${String(first.stdout)}${String(first.stderr)}`).not.toContain('not-a-key');
});

test('without a key a language model is refused before anything starts', async () => {
  const { exitCode, stdout } = await dryRun({});
  expect(exitCode).toBe(5);
  expect(JSON.parse(String(stdout))).toMatchObject({
    error: { code: 'MODEL_UNREACHABLE', message: expect.stringContaining('OPENAI_API_KEY') as string },
  });
});
