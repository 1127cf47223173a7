import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { servedDesk, tokenOf } from '../support/served-desk.js';

type Message = { id: number; event: string; data: Record<string, unknown> };

/** Reads a stream until `enough`, then hangs up. */
const read = async (url: string, enough: (messages: Message[], text: string) => boolean, headers: Record<string, string> = {}) => {
  const hangUp = new AbortController();
  const response = await fetch(url, { headers: { authorization: `Bearer ${tokenOf('vera')}`, ...headers }, signal: hangUp.signal });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const messages: Message[] = [];
  let text = '';
  let rest = '';
  const decoder = new TextDecoder();
  const reader = (response.body as ReadableStream<Uint8Array>).getReader(); // a stream has a body
  while (!enough(messages, text)) {
    const { value, done } = await reader.read();
    if (done) break;
    const chunk = decoder.decode(value, { stream: true });
    text += chunk;
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1] ?? '';
      if (field('data') !== '')
        messages.push({ id: Number(field('id')), event: field('event'), data: JSON.parse(field('data')) as Message['data'] });
    }
  }
  hangUp.abort();
  await reader.cancel().catch(() => undefined); // it was hung up
  return { messages, text };
};
const waits = (messages: Message[]) => messages.some(({ event, data }) => event === 'state' && String(data['text']).startsWith('waiting'));

test('a follower sees a release as it happens, and one that comes back with Last-Event-ID gets the rest, nothing twice', async () => {
  const { url, release } = await servedDesk();
  const live = read(`${url}/api/events`, waits);
  await sleep(50); // the follower is there before the release begins
  const id = await release();
  const { messages } = await live;
  expect(messages[0]).toMatchObject({ event: 'state', data: { release: id, text: 'queued' } });
  expect(messages.map((one) => one.id)).toEqual(messages.map((_, index) => (messages[0]?.id ?? 0) + index));
  const half = messages[Math.floor(messages.length / 2)]?.id ?? 0;
  const again = await read(`${url}/api/releases/${id}/events`, waits, { 'last-event-id': String(half) });
  expect(again.messages).toEqual(messages.filter((one) => one.id > half));
  const byQuery = await read(`${url}/api/events?after=${half}`, waits);
  expect(byQuery.messages).toEqual(again.messages);
});

test('who comes back after more has happened than is held, or after a restart, is told that something is missing', async () => {
  const { url, release } = await servedDesk();
  const id = await release();
  const { messages } = await read(`${url}/api/events`, (some) => some.length > 1, { 'last-event-id': '7' });
  expect(messages[0]).toMatchObject({ event: 'missed', data: { after: 7 } });
  expect(messages[1]).toMatchObject({ event: 'state', data: { release: id, text: 'queued' } });
});

test('a stream in which nothing happens has a heartbeat, and ends when the server stops', async () => {
  const { url, close } = await servedDesk({}, { heartbeatMs: 10 });
  const { text } = await read(`${url}/api/events`, (_, seen) => seen.split('still here').length > 3);
  expect(text).toContain(': still here');
  const open = read(`${url}/api/events`, () => false);
  await sleep(30);
  await close();
  expect((await open).messages).toEqual([]);
});
