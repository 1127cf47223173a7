import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { StagingError } from '../../../catalog/errors.js';

export type Exchange = { status: number; headers: IncomingHttpHeaders; body: string };
export type Message = { method?: string; path: string; headers?: Record<string, string>; body?: string };

const maxBody = 256 * 1024;
const timeoutMs = 5_000;

/**
 * One request, its path sent as it is written: `fetch` would resolve `..` and refuse TRACE, which are what a probe is about.
 * Redirects are not followed; at most 256 KiB of the body are read, within 5 s. Throws ADAPTER_FAILED without an answer.
 */
export const send = (base: string, { method = 'GET', path, headers = {}, body }: Message): Promise<Exchange> => {
  const { protocol, hostname, port } = new URL(base);
  const request = (protocol === 'https:' ? httpsRequest : httpRequest)({
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port,
    method,
    path: pathUnder(base, path),
    headers: body === undefined ? headers : { 'content-length': String(Buffer.byteLength(body)), ...headers },
    agent: false,
    signal: AbortSignal.timeout(timeoutMs),
  });
  return new Promise<Exchange>((answered, failed) => {
    request.on('error', failed);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const done = () =>
        answered({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString('utf8') });
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size < maxBody) return;
        done();
        response.destroy();
      });
      response.on('end', done);
      response.on('error', failed);
    });
    request.end(body);
  }).catch((error: NodeJS.ErrnoException) => {
    const why =
      error.name === 'AbortError' || error.name === 'TimeoutError'
        ? `no answer within ${timeoutMs / 1_000} s`
        : error.message || error.code;
    throw new StagingError('ADAPTER_FAILED', `Failed to reach ${base} with ${method} ${path}: ${why ?? 'no connection'}.`, {
      cause: error,
    });
  });
};

/** The path of a request below an address, which may have a path of its own. */
export const pathUnder = (base: string, path: string): string => new URL(base).pathname.replace(/\/$/, '') + path;
