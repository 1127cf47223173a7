import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AddressInfo } from 'node:net';
import { StagingError, reason } from '../../../catalog/errors.js';
import { forward, hasBody } from './forward.js';
import { createMirror } from './mirror.js';
import type { Router } from './router.js';
import type { Target } from './target.js';

/**
 * The one address of an environment. Each request asks the router anew, so a change of weight or a switch is whole for the
 * next request and cuts none that is on its way. Throws PORT_TAKEN.
 */
export const openProxy = async (router: Router, wantedPort: number | undefined) => {
  let requests = 0;
  let dropped = 0;
  const mirror = createMirror();

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const { target: first, setCookie } = router.choose(request.headers);
    if (first === null) {
      requests += 1;
      dropped += 1;
      return refuse(response, 503, 'no version of the service runs here');
    }
    send(first, true);
    const shadow = isSafe(request) ? router.shadowOf(first) : null;
    if (shadow !== null) mirror.copy(shadow, request);

    function send(target: Target, mayRetry: boolean): void {
      forward(target, request, response, setCookie, (how, error) => {
        if (how === 'unanswered' && mayRetry && !isTimeout(error) && isRepeatable(request)) {
          const other = router.otherThan(target);
          if (other !== null) return send(other, false);
        }
        requests += 1;
        if (how === 'unanswered' || how === 'cut') dropped += 1;
        if (how === 'unanswered') refuse(response, isTimeout(error) ? 504 : 502, `the ${target.slot} slot gave no answer`);
        if (how === 'refused') refuse(response, 400, 'the request cannot be forwarded');
      });
    }
  };

  const server = createServer(handle);
  server.keepAliveTimeout = 75_000; // longer than clients keep a connection, so that none is closed under a request
  server.requestTimeout = 0; // an upload may take its time
  server.on('upgrade', (_: IncomingMessage, socket: Duplex) =>
    socket.end('HTTP/1.1 501 Not Implemented\r\nconnection: close\r\ncontent-length: 0\r\n\r\n'),
  );
  const port = await listen(server, wantedPort ?? 0);

  return {
    url: `http://127.0.0.1:${port}`,
    totals: () => ({ requests, dropped }),
    /** Takes no new request, lets those in flight end for `graceMs`, then cuts them. */
    close: async (graceMs: number): Promise<void> => {
      const closed = new Promise<void>((done) => server.close(() => done()));
      const sweep = setInterval(() => server.closeIdleConnections(), 25);
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearInterval(sweep);
      clearTimeout(cut);
    },
  };
};

export type Proxy = Awaited<ReturnType<typeof openProxy>>;

/** Safe to send twice, with nothing of it used up by the first attempt (RFC 9110, 9.2.2). */
const isRepeatable = (request: IncomingMessage): boolean => ['GET', 'HEAD', 'OPTIONS'].includes(request.method ?? '') && !hasBody(request);

/** Changes nothing, so that a copy of it does no harm (RFC 9110, 9.2.1). */
const isSafe = (request: IncomingMessage): boolean => (request.method === 'GET' || request.method === 'HEAD') && !hasBody(request);

const isTimeout = (error: Error | undefined): boolean => error !== undefined && 'code' in error && error.code === 'UND_ERR_HEADERS_TIMEOUT';

const refuse = (response: ServerResponse, statusCode: number, why: string): void => {
  if (response.headersSent || response.destroyed) return;
  const body = `${JSON.stringify({ error: why })}\n`;
  response
    .writeHead(statusCode, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), connection: 'close' })
    .end(body);
};

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new StagingError('PORT_TAKEN', `Failed to open the proxy: port ${port} of 127.0.0.1 is taken.`, { cause: error })
          : new StagingError('ADAPTER_FAILED', `Failed to open the proxy on port ${port}: ${reason(error)}.`, { cause: error }),
      ),
    );
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)); // a TCP server has a port
  });
