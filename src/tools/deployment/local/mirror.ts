import type { IncomingMessage } from 'node:http';
import { pathOf } from './forward.js';
import { requestHeaders } from './headers.js';
import type { Target } from './target.js';

/** A shadow that does not answer must not pile up in our memory: further copies are left out until it does. */
const bounds = { inFlight: 64, answerMs: 10_000 };

/**
 * Sends copies of safe requests to a process and throws its answers away. What it does is counted apart from the answers that
 * visitors got; nothing of it is waited for.
 */
export const createMirror = () => {
  let inFlight = 0;
  return {
    copy: (target: Target, request: IncomingMessage): void => {
      if (inFlight >= bounds.inFlight) return;
      inFlight += 1;
      const startedAt = performance.now();
      let statusCode = 0;
      target.pool.dispatch(
        {
          method: request.method === 'HEAD' ? 'HEAD' : 'GET',
          path: pathOf(request),
          headers: [...requestHeaders(request), 'x-mirrored', '1'],
          headersTimeout: bounds.answerMs,
          bodyTimeout: bounds.answerMs,
        },
        {
          onRequestStart: () => undefined,
          onResponseStart: (_, code) => {
            statusCode = code;
          },
          onResponseData: () => undefined,
          onResponseEnd: () => {
            inFlight -= 1;
            target.mirrored.answered(statusCode, performance.now() - startedAt);
          },
          onResponseError: () => {
            inFlight -= 1;
            target.mirrored.broke();
          },
        },
      );
    },
  };
};
