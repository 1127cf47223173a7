import { readFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { openTesting, serve, serveBytes } from '../fixtures/local-testing.js';

const safeHeaders = { 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'self'" };

/** A service without a fault: headers set, errors plain, methods refused. */
const sound: RequestListener = (request, response) => {
  const known = request.url === '/shop' && request.method === 'GET';
  response.writeHead(known ? 200 : request.method === 'TRACE' ? 405 : 404, { ...safeHeaders, 'set-cookie': 'a=1; HttpOnly; Path=/' });
  response.end(known ? 'welcome' : 'not found');
};

/** The sound service with one fault. */
const faulty =
  (fault: (request: IncomingMessage, response: ServerResponse) => boolean): RequestListener =>
  (request, response) => {
    if (!fault(request, response)) sound(request, response);
  };
const page = (headers: Record<string, string | string[]>) =>
  faulty(
    (request, response) => request.url === '/shop' && request.method === 'GET' && Boolean(response.writeHead(200, headers).end('welcome')),
  );
const trace = (when: (request: IncomingMessage) => boolean, body: string) =>
  faulty((request, response) => when(request) && Boolean(response.writeHead(500, safeHeaders).end(body)));

const scan = async (handle: RequestListener) => (await openTesting({ criticalUserPaths: ['/shop'] })).scanHttp(await serve(handle));
const failedOf = async (handle: RequestListener) => {
  const { status, probes } = await scan(handle);
  expect(status).toBe('completed');
  return probes.filter((one) => !one.ok).map((one) => `${one.severity}: ${one.probe}`);
};

test('a sound service passes every probe', async () => {
  const result = await scan(sound);
  expect(result.status).toBe('completed');
  expect(result.probes).toHaveLength(12);
  expect(result.probes.filter((one) => !one.ok)).toEqual([]);
});

const errorOf = (() => {
  try {
    throw new Error('boom');
  } catch (error) {
    return error as Error; // thrown above
  }
})();
const python = 'Traceback (most recent call last):\n  File "/app/main.py", line 3, in <module>\n    boom()';
const java =
  'java.lang.IllegalStateException: boom\n\tat com.acme.shop.Cart.add(Cart.java:42)\n\tat java.base/java.lang.Thread.run(Thread.java:840)';
const go = 'panic: boom\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/main.go:5 +0x39';
const express = '<pre>Error: boom<br> &nbsp; &nbsp;at Layer.handle (/app/node_modules/express/lib/router/layer.js:95:5)</pre>';

test.each<[string, RequestListener, string[]]>([
  ['sniffing allowed', page({ 'x-frame-options': 'DENY' }), ['major: content type is not sniffed']],
  ['framing allowed', page({ 'x-content-type-options': 'nosniff' }), ['minor: framing is restricted']],
  ['x-powered-by', page({ ...safeHeaders, 'x-powered-by': 'Express' }), ['minor: software is not named']],
  ['a server version', page({ ...safeHeaders, server: 'nginx/1.18.0' }), ['minor: software is not named']],
  ['an open cookie', page({ ...safeHeaders, 'set-cookie': ['a=1; HttpOnly', 'httponly=2; Path=/'] }), ['minor: cookies are HttpOnly']],
  [
    'a 200 for a missing path',
    faulty((request, response) => request.url?.startsWith('/missing') === true && Boolean(response.writeHead(200).end('index'))),
    ['minor: a missing path is an error'],
  ],
  [
    'a JavaScript trace for a missing path',
    trace((request) => request.url?.startsWith('/missing') === true, String(errorOf.stack)),
    ['major: no stack trace for a missing path'],
  ],
  [
    'a Python trace for bad encoding',
    trace((request) => request.url?.includes('%c0') === true && !request.url.includes('passwd'), python),
    ['major: no stack trace for bad percent-encoding'],
  ],
  ['a Java trace for bad JSON', trace((request) => request.method === 'POST', java), ['major: no stack trace for bad JSON']],
  ['a Go trace for bad JSON', trace((request) => request.method === 'POST', go), ['major: no stack trace for bad JSON']],
  ['a JavaScript trace in HTML', trace((request) => request.method === 'POST', express), ['major: no stack trace for bad JSON']],
  [
    'a JavaScript trace in JSON',
    trace((request) => request.method === 'POST', JSON.stringify({ stack: errorOf.stack })),
    ['major: no stack trace for bad JSON'],
  ],
  [
    'TRACE echoed',
    faulty((request, response) => request.method === 'TRACE' && Boolean(response.writeHead(200).end('TRACE /shop'))),
    ['major: TRACE is refused'],
  ],
  [
    'a connection broken by bad JSON',
    faulty((request) => request.method === 'POST' && Boolean(request.socket.destroy())),
    ['major: no stack trace for bad JSON'],
  ],
])('%s is found, and nothing else', async (_, handle, expected) => {
  expect(await failedOf(handle)).toEqual(expected);
});

test.each<[string, (url: string) => string]>([
  ['raw', (url) => url],
  ['percent-encoded', (url) => decodeURIComponent(url)],
  ['doubly encoded', (url) => decodeURIComponent(decodeURIComponent(url))],
])('a %s traversal that reads a real file is found', async (_, decode) => {
  const handle = faulty((request, response) => {
    // Only what lies below /static is a file; the others of our probes are no concern of this service.
    if (!request.url?.startsWith('/static/') || /%c0|;|\\/.test(request.url)) return false;
    const wanted = posix.join('/srv/static', decode(request.url.slice('/static'.length)));
    if (wanted !== '/etc/passwd') return false;
    response.writeHead(200, safeHeaders).end(readFileSync(wanted));
    return true;
  });
  expect(await failedOf(handle)).toEqual(['major: directories are not traversed']);
});

test('a service that dies of a malformed request does not pass', async () => {
  let dead = false;
  const failed = await failedOf(
    faulty((request) => {
      dead ||= request.method === 'POST';
      return dead && Boolean(request.socket.destroy());
    }),
  );
  expect(failed).toContain('major: still answers after all probes');
});

test('prose with a time of day is no stack trace', async () => {
  const handle = faulty(
    (request, response) =>
      request.method === 'POST' &&
      Boolean(response.writeHead(400, safeHeaders).end('Look at 10:30:45 (at the latest), see file a, line 3')),
  );
  expect(await failedOf(handle)).toEqual([]);
});

test('a scan is errored when nobody answers, and not configured when it is switched off', async () => {
  const testing = await openTesting();
  expect(await testing.scanHttp('http://127.0.0.1:1')).toMatchObject({
    status: 'errored',
    reason: expect.stringMatching(/ECONNREFUSED/) as string,
    probes: [],
  });
  expect(await testing.scanHttp(await serveBytes((socket) => socket.end('220 mail\r\n')))).toMatchObject({ status: 'errored', probes: [] });
  expect(await (await openTesting({ security: { http: false } })).scanHttp('http://127.0.0.1:1')).toMatchObject({
    status: 'not_configured',
  });
});
