import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openTape, readTape } from '../../src/replay/public.js';
import { writeTape } from '../../src/replay/store-tape.js';
import type { Tape, TapeFile } from '../../src/replay/tape-file.js';
import { completion, modelServer, sendEvents, sendJson, streamed } from './support/model-server.js';
import { chat, tapeFolder, withTapeAt } from './support/tape-test.js';

const recordedTape = async () => {
  const { file, folder } = tapeFolder();
  const server = await modelServer((_received, response) => void sendJson(response, completion('hello')));
  await withTapeAt(file, 'record', () => chat(server.url).invoke('hi'), { clock: { now: () => 0 } });
  return { file, folder, server, text: readFileSync(file, 'utf8') };
};

test('the header says where a tape comes from', async () => {
  const { file, server } = await recordedTape();

  const { header } = await readTape(file);

  expect(header).toMatchObject({
    source: 'recorded',
    program: 'tape-tests',
    recordedAt: '1970-01-01T00:00:00.000Z',
    endpoints: [`127.0.0.1:${server.port}`],
    models: ['gpt-test'],
    prompts: {},
    rules: [],
  });
  expect(header.packages['langgraph-staging']).toMatch(/^\d+\.\d+\.\d+/);
});

test.each([
  ['truncated', 'TAPE_INVALID', 'no whole JSON document', (text: string) => text.slice(0, text.length / 2)],
  ['of a newer format', 'TAPE_NEWER', 'format is 99', (text: string) => text.replace('"version": 2', '"version": 99')],
  ['for another program', 'TAPE_OTHER_PROGRAM', 'recorded for "other"', (text: string) => text.replace('tape-tests', 'other')],
  ['without a part that it refers to', 'TAPE_INVALID', 'part 00ff is missing', (text: string) => text.replace('"hi"', '{"$part":"00ff"}')],
  ['no tape at all', 'TAPE_INVALID', 'not a tape', () => '{"fixtures":[]}'],
  ['edited into something else', 'TAPE_INVALID', 'calls.0.ordinal', (text: string) => text.replace('"ordinal": 1', '"ordinal": "one"')],
  [
    'with a key planted in an id',
    'TAPE_SECRET',
    'a GitHub token',
    (text: string) => text.replace(/"chatcmpl-[^"]*"/, `"ghp_${'aB3'.repeat(12)}"`),
  ],
  ['with a key planted in it', 'TAPE_SECRET', 'a GitHub token', (text: string) => text.replace('"hello"', `"ghp_${'aB3'.repeat(12)}"`)],
] as const)('a tape that is %s is refused in one sentence, and stays as it is', async (_name, code, words, change) => {
  const { file, text } = await recordedTape();
  writeFileSync(file, change(text));

  const refusal = withTapeAt(file, 'replay', async () => undefined);

  await expect(refusal).rejects.toMatchObject({ code, message: expect.stringContaining(words) as string });
  await expect(refusal).rejects.toThrow(/^[^\n]+\.$/);
  expect(readFileSync(file, 'utf8')).toBe(change(text));
});

test('a tape of the first format, in which every request is whole, is replayed', async () => {
  const { file, text, server } = await recordedTape();
  const { parts, ...tape } = JSON.parse(text) as TapeFile;
  expect(parts).toEqual({});
  writeFileSync(file, JSON.stringify({ ...tape, version: 1 }));

  expect((await withTapeAt(file, 'replay', () => chat(server.url).invoke('hi'))).text).toBe('hello');
});

test('a recording does not replace a file that is no tape', async () => {
  const { file } = tapeFolder();
  writeFileSync(file, '{"name":"precious"}');

  await expect(openTape({ file, mode: 'record', program: 'tape-tests' })).rejects.toMatchObject({ code: 'TAPE_INVALID' });
  expect(readFileSync(file, 'utf8')).toBe('{"name":"precious"}');
});

test('a tape that is not there says how to record it', async () => {
  const { file } = tapeFolder();

  await expect(openTape({ file })).rejects.toMatchObject({
    code: 'TAPE_NOT_FOUND',
    remedy: expect.stringContaining('LANGGRAPH_STAGING_TAPE=record') as string,
  });
});

test('a disk that is full leaves the old file, and nothing beside it', async () => {
  const { file, folder, text } = await recordedTape();
  const tape = JSON.parse(text) as Tape;
  const full = async (beside: string, content: string) => {
    writeFileSync(beside, content.slice(0, 100));
    writeFileSync('/dev/full', content);
  };

  await expect(writeTape(file, { ...tape, calls: [] }, full)).rejects.toMatchObject({
    code: 'TAPE_WRITE_FAILED',
    message: expect.stringContaining('no space left on device') as string,
  });
  expect(readFileSync(file, 'utf8')).toBe(text);
  expect(readdirSync(folder)).toEqual(['one.tape.json']);
});

test('one process at a time records a tape; what a dead one left is taken over', async () => {
  const { file } = await recordedTape();
  const holder = spawn('sleep', ['60']);
  onTestFinished(() => void holder.kill('SIGKILL'));
  writeFileSync(`${file}.lock`, String(holder.pid));

  await expect(openTape({ file, mode: 'update', program: 'tape-tests' })).rejects.toMatchObject({
    code: 'TAPE_BUSY',
    message: expect.stringContaining(`process ${holder.pid}`) as string,
  });
  await withTapeAt(file, 'replay', async () => undefined, { unused: 'allow' });

  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const tape = await openTape({ file, mode: 'update', program: 'tape-tests' });
  await expect(openTape({ file, mode: 'record', program: 'tape-tests' })).rejects.toMatchObject({ code: 'TAPE_BUSY' });
  tape.close();
  expect(existsSync(`${file}.lock`)).toBe(false);
});

const planted = `sk-proj-${'aB3dE5gH7jK9'.repeat(3)}`;

test.each<[string, string, Parameters<typeof modelServer>[0], string]>([
  [
    'in an answer',
    'calls.0.reply.body.choices.0.message.content',
    (_received, response) => void sendJson(response, completion(`use ${planted}`)),
    'hi',
  ],
  [
    'over two events of a stream',
    'an OpenAI',
    (_received, response) => void sendEvents(response, streamed(['use ', planted.slice(0, 12), planted.slice(12)])),
    'hi',
  ],
  [
    'in a prompt',
    'calls.0.request.body.messages.0.content',
    (_received, response) => void sendEvents(response, streamed(['ok'])),
    `my key is ${planted}`,
  ],
  [
    'as long random text',
    'a long random text',
    (_received, response) => void sendEvents(response, streamed(['ok'])),
    'secret q8Zr4TnX0vLw7YbK3mHd9JcF5sGp2UeA6iRo1Qt',
  ],
])('a key %s is never written', async (_name, where, handle, question) => {
  const { file } = tapeFolder();
  const server = await modelServer(handle);

  const recording = withTapeAt(file, 'record', async () => {
    for await (const _chunk of await chat(server.url, { streaming: handle.toString().includes('sendEvents') }).stream(question));
  });

  await expect(recording).rejects.toMatchObject({ code: 'TAPE_SECRET', message: expect.stringContaining(where) as string });
  await expect(recording).rejects.not.toThrow(planted);
  expect(existsSync(file)).toBe(false);
});

test('credentials of the request are struck out, wherever the answer repeats them', async () => {
  const { file } = tapeFolder();
  const key = 'short-key-12';
  const server = await modelServer(
    ({ headers }, response) =>
      void sendJson(response, { ...completion(`you sent ${headers.authorization}`), password: 'open sesame' }, 200, {
        'set-cookie': 'session=secret',
      }),
  );
  const program = async () => {
    const headers = { authorization: `Bearer ${key}`, cookie: 'session=cookie-value-1' };
    const body = JSON.stringify({ messages: [{ role: 'user', content: `key ${key} cookie-value-1` }], api_key: 'another' });
    return (await fetch(`${server.url}/chat/completions?api-key=query-key-1`, { method: 'POST', headers, body })).status;
  };

  await withTapeAt(file, 'record', program);

  const text = readFileSync(file, 'utf8');
  for (const secret of [key, 'cookie-value-1', 'query-key-1', 'another', 'open sesame', 'set-cookie']) expect(text).not.toContain(secret);
  expect(await withTapeAt(file, 'replay', program)).toBe(200);
});

test('what providers write as random text and opens nothing is no secret', async () => {
  const { file } = tapeFolder();
  const random = 'q8Zr4TnX0vLw7YbK3mHd9JcF5sGp2UeA6iRo1Qt';
  const server = await modelServer(
    (_received, response) =>
      void sendJson(response, {
        ...completion('', [{ id: `call_${random}`, name: 'f', args: '{}' }]),
        id: `chatcmpl-${random}`,
        system_fingerprint: `fp_${random}`,
      }),
  );

  await withTapeAt(file, 'record', () =>
    chat(server.url).invoke(`commit ${'0123456789abcdef'.repeat(4)} of src/replay/very/long/path/with/many/parts/file.ts`),
  );

  expect((await readTape(file)).calls).toHaveLength(1);
});

test('a folder that is not there is made', async () => {
  const { folder } = tapeFolder();
  const file = join(folder, 'deep', 'down', 'one.tape.json');

  await withTapeAt(file, 'record', async () => undefined);

  expect((await readTape(file)).calls).toEqual([]);
});
