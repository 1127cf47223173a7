import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { configSchema } from '../../src/catalog/config.js';
import type { DeskEvent, ReleaseDesk } from '../../src/desk/desk-contract.js';
import { createEventLog } from '../../src/desk/event-log.js';
import { openReleaseDesk } from '../../src/desk/release-desk.js';
import { startNotifying } from '../../src/server/notify.js';
import { folderWith, simulatedService } from '../support/command.js';

const secret = 'a-secret-of-the-receiver';
process.env['TEST_NOTIFY_SECRET'] = secret;

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

/** Answers with the given statuses one after the other, then 200. */
const receiver = async (...statuses: number[]) => {
  const got: { body: string; headers: IncomingMessage['headers'] }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      got.push({ body, headers: request.headers });
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  const { port } = server.address() as AddressInfo; // it listens on a port
  return { got, url: `http://127.0.0.1:${port}/hooks/T0/B0` };
};

/** A desk of which only the events and the configuration are read, and a clock whose sleeps are counted. */
const notifying = (notifications: object[], secrets: string[] = []) => {
  const log = createEventLog({ first: 1 });
  const slept: number[] = [];
  const said: string[] = [];
  const config = configSchema.parse({ ...simulatedService, server: { notifications } });
  const desk = { config, configDir: '.', follow: log.follow } as ReleaseDesk; // the rest is not asked
  const clock = { passesByItself: false, now: () => 1_700_000_000_000, sleep: async (ms: number) => void slept.push(ms) };
  closing.push(startNotifying(desk, { clock, secrets, say: (line) => said.push(line), timeoutMs: 1_000 }).stop);
  const tell = (event: Partial<DeskEvent> = {}) =>
    log.tell({ at: 1, release: 'abcd1234', kind: 'state', agent: 'desk', routine: null, text: 'waiting', ...event });
  return { tell, slept, said };
};
const eventually = (check: () => void) => expect.poll(() => (check(), true), { timeout: 5_000 }).toBe(true);

test('a chosen event arrives once, signed over its time and its body', async () => {
  const { url, got } = await receiver();
  const { tell } = notifying([{ url, secret: { env: 'TEST_NOTIFY_SECRET' }, events: ['state'] }]);
  tell({ kind: 'tool', text: 'nobody asked for this' });
  tell();
  await eventually(() => expect(got).toHaveLength(1));
  const [{ body, headers }] = got as [(typeof got)[number]];
  expect(JSON.parse(body)).toMatchObject({ service: 'storefront', release: 'abcd1234', kind: 'state', text: 'waiting', sequence: 2 });
  const signature = createHmac('sha256', secret).update(`1700000000.${body}`).digest('hex');
  expect(headers['x-langgraph-staging-signature']).toBe(`t=1700000000,v1=${signature}`);
});

test('Slack gets one text, in which nothing is markup that was not meant', async () => {
  const { url, got } = await receiver();
  const { tell } = notifying([{ url, format: 'slack' }]);
  tell({ text: '<!channel> a & b' });
  await eventually(() => expect(got).toHaveLength(1));
  expect(JSON.parse(got[0]?.body ?? '')).toEqual({ text: '*storefront* abcd1234 (state): &lt;!channel&gt; a &amp; b' });
});

test.each([
  ['comes back', [503, 500], 3, [1_000, 2_000], []],
  ['stays away', [500, 500, 500, 500], 3, [1_000, 2_000], ['it answered 500']],
  ['refuses', [403], 1, [], ['it answered 403']],
  ['sends elsewhere', [302], 1, [], ['it answered 302']],
])('a receiver that %s is tried a bounded number of times, with longer and longer waits', async (_, statuses, tries, waits, gaveUp) => {
  const { url, got } = await receiver(...statuses);
  const { tell, slept, said } = notifying([{ url, attempts: 3 }]);
  tell();
  await eventually(() => {
    expect(got).toHaveLength(tries);
    expect(said).toHaveLength(gaveUp.length);
  });
  expect(slept).toEqual(waits);
  expect(said.join()).toContain(gaveUp.join());
  expect(said.join()).not.toContain('/hooks/T0/B0');
});

test('no secret of the server leaves it', async () => {
  const { url, got } = await receiver();
  const { tell } = notifying([{ url, secret: { env: 'TEST_NOTIFY_SECRET' } }], ['token-of-olga-0123456789']);
  tell({ text: `token-of-olga-0123456789 and ${secret}` });
  await eventually(() => expect(got).toHaveLength(1));
  expect(got[0]?.body).toContain('[redacted] and [redacted]');
});

test('an address that answers nothing delays no release', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  closing.push(() => (silent.closeAllConnections(), silent.close()));
  const { port } = silent.address() as AddressInfo; // it listens on a port
  const notifications = [{ url: `http://127.0.0.1:${port}/` }];
  const folder = await folderWith({ ...simulatedService, server: { notifications } });
  const desk = await openReleaseDesk({ config: `${folder}/staging.config.json`, dryRun: true });
  const { systemClock } = await import('../../src/tools/system-clock.js');
  closing.push(startNotifying(desk, { clock: systemClock, secrets: [], say: () => undefined }).stop);
  const asked = await desk.request({ name: 'rita', roles: ['requester'] }, 'ship storefront v2.2.0 to staging');
  if (asked.kind !== 'accepted') throw new Error(asked.question);
  expect(await desk.settled(asked.release)).toMatchObject({ outcome: 'held' });
  await desk.close();
});
