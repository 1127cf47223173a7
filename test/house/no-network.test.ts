import dns from 'node:dns/promises';
import { get, createServer } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { request } from 'undici';
import { expect, test } from 'vitest';

const refusal = async (reach: () => Promise<unknown>): Promise<string> => {
  try {
    await reach();
  } catch (error) {
    const { message, cause } = error as Error;
    return `${message} ${cause instanceof Error ? cause.message : ''}`;
  }
  return 'it was reached';
};

// 192.0.2.1 is an address for documents (RFC 5737): nobody answers there, so only the block can refuse at once.
const ways: [way: string, reach: () => Promise<unknown>][] = [
  ['fetch', () => fetch('http://192.0.2.1/')],
  ['fetch by name', () => fetch('http://example.com/')],
  ['undici', () => request('http://192.0.2.1/')],
  ['node:http', () => new Promise((done, fail) => get('http://192.0.2.1/', done).on('error', fail))],
  ['a socket', () => new Promise<void>((done, fail) => net.connect(80, '192.0.2.1', done).on('error', fail))],
  ['a look-up', () => dns.lookup('example.com')],
];

test.each(ways)('%s does not leave this machine', async (_, reach) => {
  expect(await refusal(reach)).toContain('tests talk to this machine only');
});

test('this machine can be reached', async () => {
  const server = createServer((_, response) => void response.end('here')).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('here');
  expect(await (await fetch(`http://localhost:${port}/`)).text()).toBe('here');
  server.close();
});
