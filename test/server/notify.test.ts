import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/blackboard/sqlite-store.js';
import type { JournalEntry, ReleaseRow } from '../../src/blackboard/store.js';
import { configSchema } from '../../src/catalog/config.js';
import { createEventLog } from '../../src/desk/event-log.js';
import { openReleaseDesk } from '../../src/desk/release-desk.js';
import { startNotifying } from '../../src/server/notify.js';
import { systemClock } from '../../src/tools/system-clock.js';
import { folderWith, simulatedService } from '../support/command.js';

const secret = `whsec_${Buffer.from('a-secret-of-the-receiver').toString('base64')}`;
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
  return { got, ids: () => got.map(({ headers }) => headers['webhook-id']), url: `http://127.0.0.1:${port}/hooks/T0/B0` };
};

const id = 'abcd1234';
const request = { service: 'storefront', version: 'v2.2.0', features: [], target: 'staging', text: '', preApprovedBy: null } as const;
const row: ReleaseRow = {
  ...{ id, request: { ...request, features: [] }, state: 'waiting', outcome: null, reason: '', model: 'runbook' },
  ...{ simulated: true, createdAt: 1, updatedAt: 1 },
};
const entry = (key: string, change: Partial<JournalEntry> = {}): JournalEntry => ({
  ...{ key, at: 1, agent: 'deployment-validator', routine: 'evaluate_quality_gates', kind: 'verdict', name: 'security' },
  ...{ value: { evaluation: { gate: key, outcome: 'passed' } }, ...change },
});

/** A journal, and a clock whose sleeps are counted. `start` is a process that notifies. */
const journalled = (notifications: object[], { secrets = [] as string[] } = {}) => {
  const store = openSqliteStore(':memory:');
  const log = createEventLog({ first: 1 });
  const slept: number[] = [];
  const said: string[] = [];
  const config = configSchema.parse({ ...simulatedService, server: { notifications } });
  const clock = { passesByItself: false, now: Date.now, sleep: async (ms: number) => void slept.push(ms) };
  const desk = { config, configDir: '.', reader: store.reader, follow: log.follow };
  const start = (change: Partial<typeof desk> = {}) => {
    const notifying = startNotifying({ ...desk, ...change }, { clock, secrets, say: (line) => said.push(line), timeoutMs: 1_000 });
    closing.push(notifying.stop);
    return notifying;
  };
  return { store, start, slept, said };
};

test('what is recorded arrives once, signed as Standard Webhooks says, and nothing that nobody asked for', async () => {
  const { url, got } = await receiver();
  const { store, start } = journalled([{ url, secret: { env: 'TEST_NOTIFY_SECRET' }, events: ['state'] }]);
  const { sent } = start();
  await sent();
  await store.append(id, [entry('security')]);
  await store.saveRelease({ ...row, reason: 'promote storefront v2.2.0?' });
  await store.saveRelease({ ...row, reason: 'promote storefront v2.2.0?', updatedAt: 2 });
  await sent();
  expect(got).toHaveLength(1);
  const [{ body, headers }] = got as [(typeof got)[number]];
  const expected = { service: 'storefront', release: id, sequence: 2, kind: 'state', text: 'waiting: promote storefront v2.2.0?' };
  expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject(expected);
  expect(headers['webhook-id']).toBe(`${id}.2`);
});

test('what the process before had not sent is sent by the next one, and what was before the first one is not', async () => {
  const { url, ids } = await receiver();
  const { store, start } = journalled([{ url, events: ['gate'] }]);
  await store.append(id, [entry('functional')]);
  const first = start();
  await first.sent();
  await store.append(id, [entry('security')]);
  await first.sent();
  first.stop();
  await store.append(id, [entry('performance')]);
  await store.append('release2', [entry('security')]);
  expect(ids()).toEqual([`${id}.2`]);
  const second = start();
  await second.sent();
  await second.sent();
  expect(ids()).toEqual([`${id}.2`, `${id}.3`, 'release2.1']);
});

test('a message that had arrived when the process died comes again under its id', async () => {
  const { url, ids } = await receiver();
  const { store, start } = journalled([{ url, events: ['gate'] }]);
  const first = start();
  await first.sent();
  first.stop();
  await store.append(id, [entry('security'), entry('functional')]);
  const dying = start({ reader: async (name) => ({ ...(await store.reader(name)), pass: () => new Promise<void>(() => undefined) }) });
  await expect.poll(ids).toEqual([`${id}.1`]);
  dying.stop();
  await start().sent();
  expect(ids()).toEqual([`${id}.1`, `${id}.1`, `${id}.2`]);
});

test('a journal that cannot be read at first is asked again, and nothing is lost', async () => {
  const { url, ids } = await receiver();
  const { store, start, said } = journalled([{ url, events: ['gate'] }]);
  const first = start();
  await first.sent();
  first.stop();
  await store.append(id, [entry('security')]);
  let asked = 0;
  const reader = (name: string) => ((asked += 1) === 1 ? Promise.reject(new Error('it is away')) : store.reader(name));
  const { sent } = start({ reader });
  await sent();
  await sent();
  expect(said.join()).toContain('it is away');
  expect(ids()).toEqual([`${id}.1`]);
});

test('Slack gets one text, in which nothing is markup that was not meant', async () => {
  const { url, got } = await receiver();
  const { store, start } = journalled([{ url, format: 'slack' }]);
  const { sent } = start();
  await sent();
  await store.saveRelease({ ...row, reason: '<!channel> a & b' });
  await sent();
  expect(got.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    { text: `*storefront* ${id} (state): waiting: &lt;!channel&gt; a &amp; b` },
  ]);
});

test.each([
  ['comes back', [503, 500], 3, [1_000, 2_000], []],
  ['stays away', [500, 500, 500, 500], 3, [1_000, 2_000], ['it answered 500']],
  ['refuses', [403], 1, [], ['it answered 403']],
  ['sends elsewhere', [302], 1, [], ['it answered 302']],
])('a receiver that %s is tried a bounded number of times, with longer and longer waits', async (_, statuses, tries, waits, gaveUp) => {
  const { url, got, ids } = await receiver(...statuses);
  const { store, start, slept, said } = journalled([{ url, attempts: 3, events: ['gate'] }]);
  const { sent } = start();
  await sent();
  await store.append(id, [entry('security')]);
  await sent();
  expect(got).toHaveLength(tries);
  expect(new Set(ids())).toEqual(new Set([`${id}.1`]));
  expect(slept).toEqual(waits);
  expect(said).toHaveLength(gaveUp.length);
  expect(said.join()).toContain(gaveUp.join());
  expect(said.join()).not.toContain('/hooks/T0/B0');
});

test('no secret of the server leaves it', async () => {
  const { url, got } = await receiver();
  const { store, start } = journalled([{ url, secret: { env: 'TEST_NOTIFY_SECRET' } }], { secrets: ['token-of-olga-0123456789'] });
  const { sent } = start();
  await sent();
  await store.saveRelease({ ...row, reason: `token-of-olga-0123456789 and ${secret}` });
  await sent();
  expect(got.map(({ body }) => body).join()).toContain('[redacted] and [redacted]');
});

test('a live-only event is refused where it is configured', () => {
  const notifications = [{ url: 'http://127.0.0.1/', events: ['model'] }];
  expect(configSchema.safeParse({ ...simulatedService, server: { notifications } }).error?.message).toContain('events');
});

test('an address that answers nothing delays no release', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  closing.push(() => (silent.closeAllConnections(), silent.close()));
  const { port } = silent.address() as AddressInfo; // it listens on a port
  const notifications = [{ url: `http://127.0.0.1:${port}/` }];
  const folder = await folderWith({ ...simulatedService, server: { notifications } });
  const desk = await openReleaseDesk({ config: `${folder}/staging.config.json`, dryRun: true });
  closing.push(startNotifying(desk, { clock: systemClock, secrets: [], say: () => undefined }).stop);
  const asked = await desk.request({ name: 'rita', roles: ['requester'] }, 'ship storefront v2.2.0 to staging');
  if (asked.kind !== 'accepted') throw new Error(asked.question);
  expect(await desk.settled(asked.release)).toMatchObject({ outcome: 'held' });
  await desk.close();
});
