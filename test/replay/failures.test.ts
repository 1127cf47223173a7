import { expect, test } from 'vitest';
import { readTape } from '../../src/replay/public.js';
import { completion, modelServer, sendJson } from './support/model-server.js';
import { chat, tapeFolder, withTapeAt } from './support/tape-test.js';

const outcome = (asked: Promise<{ text: string }>) =>
  asked.then(
    (answer) => answer.text,
    (error: Error) => `${error.name}: ${error.message}`,
  );

test('a rate limit with its retry-after, a 500 and the answer after them are replayed in their order', async () => {
  const { file } = tapeFolder();
  const server = await modelServer((_received, response, count) => {
    if (count === 1) return void sendJson(response, { error: { message: 'slow down' } }, 429, { 'retry-after': '7', 'set-cookie': 'a=b' });
    if (count === 2) return void sendJson(response, { error: { message: 'broken' } }, 500);
    sendJson(response, completion('at last'));
  });
  const program = async () => {
    const statuses: (string | number | null)[] = [];
    for (let at = 0; at < 3; at++) {
      const response = await fetch(`${server.url}/chat/completions`, { method: 'POST', body: '{"messages":[]}' });
      statuses.push(response.status, response.headers.get('retry-after'));
    }
    return statuses;
  };

  const recorded = await withTapeAt(file, 'record', program);

  expect(recorded).toEqual([429, '7', 500, null, 200, null]);
  expect(await withTapeAt(file, 'replay', program)).toEqual(recorded);
  expect(server.received).toHaveLength(3);
});

test('the retries of LangChain meet the same errors again', async () => {
  const { file } = tapeFolder();
  const server = await modelServer(
    (_received, response, count) => void (count === 1 ? sendJson(response, {}, 500) : sendJson(response, completion('second'))),
  );
  const program = () => outcome(chat(server.url, { maxRetries: 1 }).invoke('hi'));

  expect(await withTapeAt(file, 'record', program)).toBe('second');
  expect(await withTapeAt(file, 'replay', program)).toBe('second');
  expect((await readTape(file)).calls.map(({ reply }) => 'status' in reply && reply.status)).toEqual([500, 200]);
});

test('a timeout is replayed at once, as the timeout that it was', async () => {
  const { file } = tapeFolder();
  const server = await modelServer(() => undefined);
  const program = (timeout: number) => outcome(chat(server.url, { timeout }).invoke('hi'));

  const recorded = await withTapeAt(file, 'record', () => program(100));
  const replayed = await withTapeAt(file, 'replay', () => program(3_600_000));

  expect(recorded).toContain('timed out');
  expect(replayed).toBe(recorded);
});

test('a connection that breaks is replayed as one that breaks', async () => {
  const { file } = tapeFolder();
  const server = await modelServer((_received, response) => void response.destroy());
  const program = () => outcome(chat(server.url).invoke('hi'));

  const recorded = await withTapeAt(file, 'record', program);

  expect(recorded).toContain('Connection error');
  expect(await withTapeAt(file, 'replay', program)).toBe(recorded);
  expect((await readTape(file)).calls[0]?.reply.kind).toBe('network-error');
});

test('a stream that breaks off half way is replayed up to there', async () => {
  const { file } = tapeFolder();
  const server = await modelServer((_received, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: {"one":1}\n\n', () => setTimeout(() => response.destroy(), 20));
  });
  const program = async () => {
    const response = await fetch(`${server.url}/chat/completions`, { method: 'POST', body: '{"messages":[]}' });
    let text = '';
    try {
      for await (const chunk of response.body!) text += Buffer.from(chunk).toString();
    } catch {
      text += '(broken)';
    }
    return text;
  };

  const recorded = await withTapeAt(file, 'record', program);

  expect(recorded).toBe('data: {"one":1}\n\n(broken)');
  expect(await withTapeAt(file, 'replay', program)).toBe(recorded);
});
