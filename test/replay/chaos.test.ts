import { expect, test } from 'vitest';
import { openTape } from '../../src/replay/public.js';
import { completion, modelServer, sendEvents, sendJson, streamed } from './support/model-server.js';
import { chat, tapeFolder, withTapeAt } from './support/tape-test.js';

const recordedStream = async () => {
  const { file } = tapeFolder();
  const bytes = streamed(['Grüße 👋 ', 'aus ', '東京']);
  const server = await modelServer((_received, response) => void sendEvents(response, bytes));
  const read = async () => {
    let text = '';
    for await (const chunk of await chat(server.url).stream('hi')) text += chunk.text;
    return text;
  };
  const raw = async () => {
    const response = await fetch(`${server.url}/chat/completions`, { method: 'POST', body: '{"messages":[]}' });
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body!) chunks.push(chunk);
    return chunks;
  };
  return { file, bytes, read, raw };
};

test('a streamed answer that is cut at any byte is read the same', async () => {
  const { file, bytes, read } = await recordedStream();
  const recorded = await withTapeAt(file, 'record', read);
  const tape = await openTape({ file, program: 'tape-tests' });
  const length = Buffer.byteLength(bytes);

  for (let offset = 0; offset <= length; offset++)
    expect(await tape.run(read, { chaos: [{ kind: 'cut-at', offsets: [offset] }] })).toBe(recorded);
  for (const size of [1, 2, 3, 7]) expect(await tape.run(read, { chaos: [{ kind: 'reslice', bytes: size }] })).toBe(recorded);

  expect(recorded).toBe('Grüße 👋 aus 東京');
});

test('a re-sliced stream is the same bytes in chunks of that size', async () => {
  const { file, bytes, raw } = await recordedStream();
  await withTapeAt(file, 'record', raw);

  const chunks = await withTapeAt(file, 'replay', raw, { chaos: [{ kind: 'reslice', bytes: 5 }] });

  expect(Buffer.concat(chunks).toString()).toBe(bytes);
  expect(chunks.slice(0, -1).every((chunk) => chunk.length === 5)).toBe(true);
});

test('a stream may end without [DONE], be cut short, or break off', async () => {
  const { file, bytes, raw, read } = await recordedStream();
  const text = async () => Buffer.concat(await raw()).toString();
  await withTapeAt(file, 'record', text);
  const tape = await openTape({ file, program: 'tape-tests' });

  expect(await tape.run(text, { chaos: [{ kind: 'no-done' }] })).toBe(bytes.replace('data: [DONE]\n\n', ''));
  expect(await tape.run(text, { chaos: [{ kind: 'truncate', bytes: 40 }] })).toBe(bytes.slice(0, 40));
  await expect(tape.run(text, { chaos: [{ kind: 'drop-connection', bytes: 40 }] })).rejects.toThrow();

  await withTapeAt(file, 'record', read);
  expect(await withTapeAt(file, 'replay', read, { chaos: [{ kind: 'no-done' }] })).toBe('Grüße 👋 aus 東京');
});

test('a connection may be dropped before the first byte, and the first byte may be late', async () => {
  const { file } = tapeFolder();
  const server = await modelServer((_received, response) => void sendJson(response, completion('hello')));
  const program = () => chat(server.url).invoke('hi');
  await withTapeAt(file, 'record', program);

  await expect(withTapeAt(file, 'replay', program, { chaos: [{ kind: 'drop-connection', bytes: 0 }] })).rejects.toThrow();
  const order: string[] = [];
  await withTapeAt(
    file,
    'replay',
    async () => {
      const answer = program().then(() => order.push('answer'));
      await new Promise((resolve) => setTimeout(resolve, 20));
      order.push('20 ms');
      await answer;
    },
    { chaos: [{ kind: 'slow-first-byte', ms: 200 }] },
  );
  expect(order).toEqual(['20 ms', 'answer']);
});

const tool = { type: 'function' as const, function: { name: 'f', parameters: { type: 'object', properties: {} } } };
const toolStream = `data: ${JSON.stringify({ id: 's', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { role: 'assistant', tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a":' } }] }, finish_reason: null }] })}\n\ndata: ${JSON.stringify({ id: 's', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: '1}' } }] }, finish_reason: 'tool_calls' }] })}\n\ndata: [DONE]\n\n`;

test.each([
  ['plain', false],
  ['streamed', true],
])('tool arguments may be malformed (%s): LangChain reports an invalid call', async (_kind, streaming) => {
  const { file } = tapeFolder();
  const server = await modelServer(
    (_received, response) =>
      void (streaming
        ? sendEvents(response, toolStream)
        : sendJson(response, completion('', [{ id: 'call_1', name: 'f', args: '{"a":1}' }]))),
  );
  const program = () => chat(server.url, { streaming }).bindTools([tool]).invoke('hi');
  const recorded = await withTapeAt(file, 'record', program);

  const answer = await withTapeAt(file, 'replay', program, { chaos: [{ kind: 'malformed-tool-arguments' }] });

  expect(recorded.tool_calls).toMatchObject([{ name: 'f', args: { a: 1 } }]);
  expect(answer.tool_calls?.map(({ args }) => args)).not.toEqual([{ a: 1 }, expect.anything()]);
  expect(answer.invalid_tool_calls).toMatchObject([{ name: 'f', args: '{"a":1]' }]);
});

test('chaos may be meant for one call only', async () => {
  const { file } = tapeFolder();
  const server = await modelServer((_received, response) => void sendJson(response, completion('hello')));
  const ask = (words: string) =>
    chat(server.url)
      .invoke(words)
      .then(
        ({ text }) => text,
        () => 'broken',
      );
  const program = async () => [await ask('one'), await ask('two')];
  await withTapeAt(file, 'record', program);

  expect(await withTapeAt(file, 'replay', program, { chaos: [{ kind: 'truncate', bytes: 3, call: '#2' }] })).toEqual(['hello', 'broken']);
});
