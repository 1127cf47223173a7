import { OpenAIEmbeddings } from '@langchain/openai';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { readTape } from '../../src/replay/public.js';
import { completion, modelServer, sendEvents, sendJson, streamed } from './support/model-server.js';
import { chat, tapeFolder, withTapeAt } from './support/tape-test.js';

const collect = async (stream: AsyncIterable<{ text: string }>) => {
  const pieces: string[] = [];
  for await (const chunk of stream) pieces.push(chunk.text);
  return pieces;
};

const responsesAnswer = (text: string) => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  status: 'completed',
  model: 'gpt-test',
  output: [
    { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text, annotations: [] }] },
  ],
  usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
});

const responsesStream = () =>
  [
    { type: 'response.created', response: { ...responsesAnswer(''), status: 'in_progress', output: [] } },
    { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'streamed ' },
    { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'response' },
    { type: 'response.completed', response: responsesAnswer('streamed response') },
  ]
    .map((event, at) => `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number: at })}\n\n`)
    .join('');

const tool = {
  type: 'function' as const,
  function: { name: 'weather', description: 'Weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
};

/** Each program is run against the server once, and then against the tape alone. */
const programs: Record<string, (url: string) => Promise<unknown>> = {
  'a plain chat completion': async (url) => (await chat(url).invoke('plain')).text,
  'a streamed chat completion': (url) => chat(url).stream('stream').then(collect),
  'a plain response': async (url) => (await chat(url, { useResponsesApi: true }).invoke('plain')).text,
  'a streamed response': (url) => chat(url, { useResponsesApi: true }).stream('stream').then(collect),
  'a tool call': async (url) => (await chat(url).bindTools([tool]).invoke('tool')).tool_calls,
  'structured output': (url) =>
    chat(url)
      .withStructuredOutput(z.object({ answer: z.number() }))
      .invoke('structured'),
  embeddings: (url) =>
    new OpenAIEmbeddings({ model: 'embed-test', apiKey: 'test-key-0123456789', configuration: { baseURL: url } }).embedQuery('words'),
  'a request that is no model call': async (url) => (await fetch(`${url}/weather?city=Oslo&api_key=${'k'.repeat(20)}`)).text(),
};

test.each(Object.entries(programs))('%s is recorded and replayed', async (_name, program) => {
  const { file } = tapeFolder();
  const server = await modelServer(({ path, body }, response) => {
    if (path.includes('weather')) return void response.writeHead(200, { 'content-type': 'text/plain' }).end('rain');
    if (path.endsWith('/embeddings'))
      return void sendJson(response, {
        object: 'list',
        model: 'embed-test',
        data: [{ object: 'embedding', index: 0, embedding: [0.25, -0.5] }],
      });
    const streams = body['stream'] === true;
    if (path.endsWith('/responses'))
      return void (streams ? sendEvents(response, responsesStream()) : sendJson(response, responsesAnswer('a response')));
    if (streams) return void sendEvents(response, streamed(['grüße ', '👋 ', 'there']));
    if (body['tools']) return void sendJson(response, completion('', [{ id: 'call_1', name: 'weather', args: '{"city":"Oslo"}' }]));
    sendJson(response, completion(body['response_format'] ? '{"answer":42}' : 'hello'));
  });

  const recorded = await withTapeAt(file, 'record', () => program(server.url));
  const asked = server.received.length;
  const replayed = await withTapeAt(file, 'replay', () => program(server.url));

  expect(replayed).toEqual(recorded);
  expect(recorded).toBeTruthy();
  expect(asked).toBe(1);
  expect(server.received).toHaveLength(asked);
  expect(readFileSync(file, 'utf8')).not.toContain('kkkk');
});

test.each(['\n', '\r\n'])('the bytes of a stream are kept, whatever ends its lines (%j)', async (end) => {
  const { file } = tapeFolder();
  const bytes = `: comment${end}${end}${streamed(['a', 'b'], end)}data: trailing without end`;
  const server = await modelServer((_received, response) => void sendEvents(response, bytes));
  const program = async () => (await fetch(`${server.url}/chat/completions`, { method: 'POST', body: '{"messages":[]}' })).text();

  await withTapeAt(file, 'record', program);

  expect(await withTapeAt(file, 'replay', program)).toBe(bytes);
});

test('a tape outlives the address at which it was recorded', async () => {
  const { file } = tapeFolder();
  const server = await modelServer((_received, response) => void sendJson(response, completion('hello')));
  await withTapeAt(file, 'record', () => chat(server.url).invoke('hi'));

  const answer = await withTapeAt(file, 'replay', () => chat('https://api.openai.com/v1').invoke('hi'));

  expect(answer.text).toBe('hello');
});

test('the tokenizer that LangChain fetches for its estimates is on no tape', async () => {
  const { file } = tapeFolder();
  const server = await modelServer((_received, response) => void sendEvents(response, streamed(['streamed'])));
  const program = async () => (await chat(server.url, { streaming: true }).invoke('hi')).text;

  await withTapeAt(file, 'record', program);

  expect(await withTapeAt(file, 'replay', program)).toBe('streamed');
  expect((await readTape(file)).calls.map(({ request }) => request.target)).toEqual(['chat/completions']);
});
