import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import { requestHeaders, responseHeaders } from './headers.js';
import type { Target } from './target.js';

/**
 * How one attempt ended. `unanswered`: no byte of an answer came, so another slot may still be asked; `cut`: the answer
 * broke off on its way; `left`: the client hung up; `refused`: the request itself cannot be forwarded.
 */
export type Forwarded = 'answered' | 'unanswered' | 'cut' | 'left' | 'refused';

/** Sends a request to one process and streams its answer back. What the process did is counted; `ended` is called once. */
export const forward = (
  target: Target,
  request: IncomingMessage,
  response: ServerResponse,
  setCookie: string | null,
  ended: (how: Forwarded, error?: Error) => void,
): void => {
  const startedAt = performance.now();
  let controller: Dispatcher.DispatchController | null = null;
  let statusCode = 0;
  let open = true;
  target.inFlight += 1;

  const end = (how: Forwarded, error?: Error): void => {
    if (!open) return;
    open = false;
    target.inFlight -= 1;
    response.off('close', hungUp);
    response.off('drain', resume);
    if (how === 'answered') target.counters.answered(statusCode, performance.now() - startedAt);
    if (how === 'unanswered' || how === 'cut') target.counters.broke();
    ended(how, error);
  };
  const hungUp = (): void => {
    const aborted = controller;
    end('left');
    aborted?.abort(new Error('the client hung up'));
  };
  const resume = (): void => controller?.resume();
  response.on('close', hungUp);
  response.on('drain', resume);

  target.pool.dispatch(
    {
      method: request.method ?? 'GET',
      path: pathOf(request),
      headers: requestHeaders(request),
      body: hasBody(request) ? request : null,
    },
    {
      onRequestStart: (started) => {
        controller = started;
        if (!open) started.abort(new Error('the client hung up'));
      },
      onResponseStart: (_, code, headers, statusMessage) => {
        if (!open || code < 200) return; // 1xx is between the process and us
        statusCode = code;
        response.writeHead(code, statusMessage ?? '', withCookie(responseHeaders(headers), setCookie));
        if (headers['content-length'] === undefined) response.flushHeaders(); // a stream: its reader waits for the head
      },
      onResponseData: (from, chunk) => {
        if (open && !response.write(chunk)) from.pause();
      },
      onResponseEnd: () => {
        if (!open) return;
        end('answered');
        response.end();
      },
      onResponseError: (_, error) => {
        if ('code' in error && error.code === 'UND_ERR_INVALID_ARG') return end('refused', error);
        if (statusCode === 0) return end('unanswered', error);
        end('cut', error);
        response.destroy();
      },
    },
  );
};

/** Beside the cookies that the service sets itself. */
const withCookie = (headers: OutgoingHttpHeaders, setCookie: string | null): OutgoingHttpHeaders => {
  if (setCookie === null) return headers;
  const own = headers['set-cookie'] ?? [];
  return { ...headers, 'set-cookie': [...(Array.isArray(own) ? own : [String(own)]), setCookie] };
};

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] !== undefined && headers['content-length'] !== '0');

/** A client may also send the whole address (RFC 9112, 3.2.2). */
export const pathOf = ({ url = '/' }: IncomingMessage): string =>
  /^https?:\/\//i.test(url) ? url.replace(/^https?:\/\/[^/?]*/i, '').replace(/^(?!\/)/, '/') : url;
