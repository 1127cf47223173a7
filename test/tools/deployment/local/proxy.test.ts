import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { bodyOf, localEnvironment, until } from './fixtures/local-environment.js';

/** Stable v1 in blue, the candidate v2 (with these manners) in green, behind one proxy. */
const twoVersions = async (...manners: string[]) => {
  const { open, artifact } = await localEnvironment();
  const deployment = open();
  const { proxyUrl } = await deployment.provision('staging', await artifact('v1'));
  await deployment.deployIdle('staging', await artifact('v2', ...manners));
  return { deployment, proxyUrl };
};

const answersOf = async (url: string, count: number): Promise<string[]> => {
  const answers = [];
  for (let asked = 0; asked < count; asked++) answers.push(await bodyOf(url));
  return answers;
};

test('a weight of 10 percent sends exactly every tenth request to the candidate', async () => {
  const { deployment, proxyUrl } = await twoVersions();
  expect(await answersOf(proxyUrl, 5)).toEqual(Array(5).fill('v1'));

  await deployment.setWeight('staging', 10);
  const answers = await answersOf(proxyUrl, 50);

  expect(answers.flatMap((answer, at) => (answer === 'v2' ? [at + 1] : []))).toEqual([10, 20, 30, 40, 50]);
});

test('a change of weight and a switch hold for the very next request', async () => {
  const { deployment, proxyUrl } = await twoVersions();
  await deployment.setWeight('staging', 100);
  expect(await bodyOf(proxyUrl)).toBe('v2');
  await deployment.setWeight('staging', 0);
  expect(await bodyOf(proxyUrl)).toBe('v1');
  await deployment.switchActive('staging');
  expect(await bodyOf(proxyUrl)).toBe('v2');
  expect(await deployment.status('staging')).toMatchObject({ activeSlot: 'green', candidateWeightPercent: 0 });
});

test('a request goes on as it came, without what belongs to one connection, and with the address of the client', async () => {
  const { proxyUrl } = await twoVersions();
  const request = httpRequest(`${proxyUrl}/echo?q=1`, {
    method: 'POST',
    headers: {
      host: 'shop.example',
      'x-forwarded-for': '10.0.0.9',
      'x-mine': 'a',
      'x-hop': 'b',
      connection: 'keep-alive, x-hop',
      te: 'trailers',
    },
  });
  request.write('one ');
  request.end('two');
  const [response] = (await once(request, 'response')) as [IncomingMessage]; // the event's one argument
  const body = (await response.toArray()).join('');
  const seen = JSON.parse(String(response.headers['x-request-headers'])) as Record<string, string>;

  expect(body).toBe('one two');
  expect(seen).toMatchObject({ host: 'shop.example', 'x-mine': 'a', 'x-forwarded-for': '10.0.0.9, 127.0.0.1' });
  expect(Object.keys(seen)).not.toEqual(expect.arrayContaining(['x-hop']));
  expect(seen['te']).toBeUndefined();
  expect(response.headers['x-private']).toBeUndefined();
});

test('bodies stream: the first part of an answer is there before the last is written, and 20 MB pass both ways', async () => {
  const { proxyUrl } = await twoVersions();
  const dripping = await fetch(`${proxyUrl}/drip`);
  const parts: { text: string; at: number }[] = [];
  for await (const part of dripping.body ?? []) parts.push({ text: Buffer.from(part).toString(), at: performance.now() });
  expect(parts.map((part) => part.text)).toEqual(['first ', 'last']);
  expect((parts[1]?.at ?? 0) - (parts[0]?.at ?? 0)).toBeGreaterThan(150);

  const large = Buffer.alloc(20 * 1024 * 1024, 'x');
  const echoed = await (await fetch(`${proxyUrl}/echo`, { method: 'POST', body: large })).arrayBuffer();
  expect(Buffer.from(echoed).equals(large)).toBe(true);
});

test('a HEAD is answered without a body', async () => {
  const { proxyUrl } = await twoVersions();
  const head = await fetch(`${proxyUrl}/`, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
});

test('an answer that comes before the upload is read reaches the client', async () => {
  const { deployment, proxyUrl } = await twoVersions();
  const request = httpRequest(`${proxyUrl}/too-large`, { method: 'POST', headers: { 'content-length': 30_000_000 } });
  request.on('error', () => undefined); // the rest of the upload may meet a closed connection
  request.write(Buffer.alloc(1_000_000));
  const [response] = (await once(request, 'response')) as [IncomingMessage]; // the event's one argument
  expect([response.statusCode, (await response.toArray()).join('')]).toEqual([413, 'too large']);
  request.destroy();
  expect(await deployment.counters('staging')).toEqual({ requests: 1, dropped: 0, errorsBySlot: { blue: 0, green: 0 } });
});

test('with no process to ask, a request is answered 503 and counted as dropped', async () => {
  const { open, artifact } = await localEnvironment();
  const deployment = open();
  const { proxyUrl, slots } = await deployment.provision('staging', await artifact('v1'));
  await fetch(`${slots[0]?.url}/crash`).catch(() => undefined); // it dies instead of answering
  await until(async () => (await deployment.status('staging')).slots[0]?.state === 'crashed');
  expect((await fetch(proxyUrl)).status).toBe(503);
  expect(await deployment.counters('staging')).toMatchObject({ requests: 1, dropped: 1 });
});

test('an upgrade is refused with 501', async () => {
  const { proxyUrl } = await twoVersions();
  const socket = connect(Number(new URL(proxyUrl).port), '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
  expect((await socket.toArray()).join('')).toMatch(/^HTTP\/1\.1 501 /);
});

test('a GET that the candidate hangs up on is answered by the stable version and counted against the candidate', async () => {
  const { deployment, proxyUrl } = await twoVersions('hangs-up');
  await deployment.setWeight('staging', 50);

  expect(await answersOf(proxyUrl, 10)).toEqual(Array(10).fill('v1'));
  expect(await deployment.counters('staging')).toEqual({ requests: 10, dropped: 0, errorsBySlot: { blue: 0, green: 5 } });
});

test('a POST that the candidate hangs up on is not sent twice: 502, and counted as dropped', async () => {
  const { deployment, proxyUrl } = await twoVersions('hangs-up');
  await deployment.setWeight('staging', 100);

  expect((await fetch(`${proxyUrl}/echo`, { method: 'POST', body: 'once' })).status).toBe(502);
  expect(await deployment.counters('staging')).toEqual({ requests: 1, dropped: 1, errorsBySlot: { blue: 0, green: 1 } });
});

test('a candidate without weight gets no request, not even when the stable version hangs up', async () => {
  const { open, artifact } = await localEnvironment();
  const deployment = open();
  const { proxyUrl } = await deployment.provision('staging', await artifact('v1', 'hangs-up'));
  await deployment.deployIdle('staging', await artifact('v2'));
  expect((await fetch(proxyUrl)).status).toBe(502);

  await deployment.switchActive('staging');
  await deployment.deployIdle('staging', await artifact('v3'));
  expect(await bodyOf(proxyUrl)).toBe('v2');
});

test('after a switch the version before stands in for a new one that hangs up', async () => {
  const { deployment, proxyUrl } = await twoVersions('hangs-up');
  await deployment.switchActive('staging');
  expect(await bodyOf(proxyUrl)).toBe('v1');
  await deployment.setWeight('staging', 0);
  expect((await fetch(proxyUrl)).status).toBe(502);
});

test('answers of 5xx and answers that break off count against the slot; only the broken one is dropped', async () => {
  const { deployment, proxyUrl } = await twoVersions();
  expect((await fetch(`${proxyUrl}/boom`)).status).toBe(500);
  await expect(bodyOf(`${proxyUrl}/cut`)).rejects.toThrow();
  expect(await deployment.counters('staging')).toEqual({ requests: 2, dropped: 1, errorsBySlot: { blue: 2, green: 0 } });
});

test('a client that hangs up is no error of the slot, and the slot holds no request afterwards', async () => {
  const { deployment, proxyUrl } = await twoVersions();
  await expect(fetch(`${proxyUrl}/slow?ms=400`, { signal: AbortSignal.timeout(100) })).rejects.toThrow();
  await expect.poll(async () => (await deployment.counters('staging')).requests).toBe(1);
  expect(await deployment.counters('staging')).toEqual({ requests: 1, dropped: 0, errorsBySlot: { blue: 0, green: 0 } });
});

test('an observation takes the latencies since the one before it', async () => {
  const { deployment, proxyUrl } = await twoVersions();
  await Promise.all(Array.from({ length: 5 }, () => bodyOf(`${proxyUrl}/slow?ms=100`)));

  const [blue, green] = deployment.observe('staging');
  expect(blue).toMatchObject({ slot: 'blue', version: 'v1', restarts: 0, counters: { requests: 5, errors: 0, latency: { count: 5 } } });
  expect(blue?.counters.latency.averageMs).toBeGreaterThan(95);
  expect(blue?.counters.latency.p95Ms).toBeLessThan(1_000);
  expect(green).toMatchObject({ slot: 'green', counters: { requests: 0, latency: { count: 0, averageMs: null, p95Ms: null } } });
  expect(deployment.observe('staging')[0]?.counters).toEqual({
    requests: 5,
    errors: 0,
    latency: { count: 0, averageMs: null, p95Ms: null },
  });
});

test('a configured port that is taken is refused by its number', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  const { port } = squatter.address() as AddressInfo; // a TCP server has a port
  const { open, artifact } = await localEnvironment();
  const stable = await artifact('v1');
  const deployment = open({ start: { command: [process.execPath, 'service.mjs', '{port}'], port: { staging: port } } });

  await expect(deployment.provision('staging', stable)).rejects.toMatchObject({
    code: 'PORT_TAKEN',
    message: expect.stringContaining(String(port)) as string,
  });
  squatter.close();
  await once(squatter, 'close');
  expect((await deployment.provision('staging', stable)).proxyUrl).toBe(`http://127.0.0.1:${port}`);
});
