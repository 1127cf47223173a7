import http from 'node:http';
import { log } from './log.mjs';
import { readBody } from './request-body.mjs';
import { Refusal } from './refusal.mjs';
import { reply } from './reply.mjs';
import { createRouter } from './router.mjs';
import { securityHeaders } from './security-headers.mjs';
import { sessionOf } from './session.mjs';

/** An HTTP server over a table of routes. Every answer carries the security headers; no answer says more about a failure than that it happened. */
export const createServer = ({ routes, metrics }) => {
  const find = createRouter(routes);
  const server = http.createServer({ requireHostHeader: false }, async (request, response) => {
    const startedAt = process.hrtime.bigint();
    const { route, answer } = await answerTo(request, find);
    metrics.observe(route, answer.status, Number(process.hrtime.bigint() - startedAt) / 1e9);
    const closing = server.listening ? {} : { connection: 'close' };
    response.writeHead(answer.status, {
      ...securityHeaders,
      ...answer.headers,
      ...closing,
      'content-length': Buffer.byteLength(answer.body),
    });
    response.end(answer.body);
  });
  // Longer than any proxy keeps an idle connection: the side that reuses a connection must be the one that closes it.
  server.keepAliveTimeout = 75_000;
  server.on('clientError', refuseBytes);
  server.on('connect', (_request, socket) => refuseSocket(socket, 405));
  server.on('checkExpectation', (_request, response) => response.writeHead(417, { ...securityHeaders, 'content-length': 0 }).end());
  return Object.assign(server, { finish: (patienceMs) => finish(server, patienceMs) });
};

const answerTo = async (request, find) => {
  let route = 'unmatched';
  try {
    const { path, query } = targetOf(request);
    const found = find(request.method, path);
    route = found.route.path;
    const body = bodyless.has(request.method) ? { value: {}, isForm: false } : await readBody(request);
    const answer = await found.route.handle({
      parameters: found.parameters,
      query,
      session: sessionOf(request.headers.cookie),
      body: body.value,
      isForm: body.isForm,
    });
    return { route, answer };
  } catch (error) {
    if (error instanceof Refusal) return { route, answer: reply.json(error.status, { error: error.message }, error.headers) };
    log.error('a request failed', { method: request.method, route, error });
    return { route, answer: reply.json(500, { error: 'Something went wrong on our side.' }) };
  }
};

const bodyless = new Set(['GET', 'HEAD']);

const targetOf = ({ url, headers, httpVersion }) => {
  if (headers.host === undefined && httpVersion === '1.1') throw new Refusal(400, 'The host header is missing.');
  if (!url.startsWith('/') || url.includes('\0')) throw new Refusal(400, 'The address must start with a slash.');
  const mark = url.indexOf('?');
  return mark === -1 ? { path: url, query: noQuery } : { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) };
};

const noQuery = new URLSearchParams();

/** Bytes that never became a request, by the parser's code; whatever is not listed is 400. */
const statusOfParserError = { HPE_INVALID_METHOD: 405, HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

const refuseBytes = (error, socket) => {
  if (socket.writable && error.code !== 'ECONNRESET') refuseSocket(socket, statusOfParserError[error.code] ?? 400);
  else socket.destroy();
};

const refuseSocket = (socket, status) => {
  const headers = Object.entries({ ...securityHeaders, connection: 'close', 'content-length': 0 }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  socket.end([`HTTP/1.1 ${status} ${http.STATUS_CODES[status]}`, ...headers, '', ''].join('\r\n'));
};

/** Stops listening and resolves when every request in flight is answered, or cuts what is left after `patienceMs`. */
const finish = (server, patienceMs) =>
  new Promise((done) => {
    const sweep = setInterval(() => server.closeIdleConnections(), 50); // a connection turns idle only once its answer is out
    const cut = setTimeout(() => server.closeAllConnections(), patienceMs);
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(cut);
      done();
    });
    server.closeIdleConnections();
  });
