import type { MiddlewareHandler } from 'hono';
import { StagingError } from '../catalog/errors.js';

const loopback = ['localhost', '127.0.0.1', '[::1]'];

/**
 * A page of somebody else must not speak to this server through a browser: the host that the browser believes to speak to must be ours
 * (a name that was pointed at this machine is refused), and whatever comes from a page must come from our own.
 */
export const guardHost = (hosts: readonly string[]): MiddlewareHandler => {
  const allowed = new Set([...loopback, ...hosts].map((host) => host.toLowerCase()));
  return async (context, next) => {
    const host = context.req.header('host') ?? '';
    const origin = context.req.header('origin');
    if (!allowed.has(partsOf(`http://${host}`)?.hostname ?? ''))
      throw new StagingError('HOST_REFUSED', `Failed to answer: this server is not ${JSON.stringify(host.slice(0, 100))}.`);
    if (origin !== undefined && partsOf(origin)?.host !== partsOf(`http://${host}`)?.host)
      throw new StagingError('HOST_REFUSED', 'Failed to answer: the page that asks is not of this server.', {
        remedy: 'Ask from a program, or from the page that this server shows.',
      });
    await next();
    context.res.headers.set('x-content-type-options', 'nosniff');
    context.res.headers.set('referrer-policy', 'no-referrer');
    context.res.headers.set('x-frame-options', 'DENY');
  };
};

const partsOf = (url: string): URL | null => (URL.canParse(url) ? new URL(url) : null);
