import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';
import type { SetupServer } from 'msw/node';
import { reason, StagingError } from '../catalog/errors.js';

/** A run that wants the requests of its program. */
export type Listener = {
  /** Null lets the request through to where it was going. */
  answer: (request: Request, url: URL) => Promise<Response> | null;
  /** Throws for a connection that must not be made. */
  connect: (host: string, port: number) => void;
  /** The refusal of a request that went past the tape; null where it may go. */
  escape: (url: URL) => Error | null;
};

const current = new AsyncLocalStorage<Listener>();
const listening = new Set<Listener>();

/** msw is the host's own, and only a tape that runs needs it. Throws MSW_MISSING. */
const msw = () => (loaded ??= loadMsw());
const loadMsw = async () => {
  try {
    const [{ bypass, passthrough, RequestHandler }, { setupServer }] = await Promise.all([import('msw'), import('msw/node')]);
    const answer = (request: Request): Promise<Response> | Response => {
      const listener = currentListener();
      if (listener) return listener.answer(request, new URL(request.url)) ?? passthrough();
      const message = 'Failed to find the tape of this request: several run at once, and it was made outside of all of them.';
      return Response.json({ error: { message, type: 'tape_miss', code: 'tape_miss' } }, { status: 409 });
    };
    /** Takes every request. What `http.all` does besides, matching paths and keeping cookies, no tape wants and every call would pay for. */
    class EveryRequest extends RequestHandler {
      constructor() {
        super({ info: { header: 'every request' }, resolver: ({ request }) => answer(request as Request) }); // msw says less of it than there is
      }

      override predicate(): boolean {
        return true;
      }

      override log(): void {
        // a tape reports at the end of its run
      }
    }
    return { bypass, server: setupServer(new EveryRequest()) };
  } catch (error) {
    throw new StagingError('MSW_MISSING', `Failed to run the tape: msw could not be loaded: ${reason(error)}.`, { cause: error });
  }
};
let loaded: ReturnType<typeof loadMsw> | undefined;

/** Who asked: the run in whose context the request was made, or the only one there is. */
const currentListener = (): Listener | undefined => current.getStore() ?? (listening.size === 1 ? [...listening][0] : undefined);

/** Gives the listener every request that is made within `run`. Several may listen at the same time. */
export const listenDuring = async <T>(listener: Listener, run: () => Promise<T>): Promise<T> => {
  const { server } = await msw();
  if (listening.size === 0) start(server);
  listening.add(listener);
  try {
    return await current.run(listener, run);
  } finally {
    listening.delete(listener);
    if (listening.size === 0) stop(server);
  }
};

/** Asks the real endpoint, as the tape itself does while it records. */
export const askForReal = async (url: string, init: RequestInit): Promise<Response> => {
  const { bypass } = await msw();
  return forReal.run(true, () => fetch(bypass(url, init)));
};

const forReal = new AsyncLocalStorage<true>();

/**
 * A client that was used before the tape ran has kept the real `fetch`, and perhaps an open connection: neither msw nor the sockets
 * show its requests. Node announces them.
 */
const onUndiciRequest = (message: unknown): void => {
  const { request } = message as { request: { origin: string; path: string; onError?: (error: Error) => void } }; // Node documents origin and path
  const refusal = forReal.getStore() ? null : currentListener()?.escape(new URL(request.path, request.origin));
  if (refusal) request.onError?.(refusal);
};

type Connect = (this: Socket, ...args: unknown[]) => Socket;
let connectBefore: Connect | null = null;

const start = (server: SetupServer): void => {
  server.listen({ onUnhandledRequest: 'error' });
  // msw sees fetch, http and https. What opens sockets by itself (undici's own client, database drivers) is held here.
  const connect = Reflect.get(Socket.prototype, 'connect') as Connect; // one signature instead of five overloads
  connectBefore = connect;
  subscribe('undici:request:create', onUndiciRequest);
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
    const address = addressOf(args);
    if (address) currentListener()?.connect(address.host, address.port);
    return connect.apply(this, args);
  };
};

const stop = (server: SetupServer): void => {
  server.close();
  unsubscribe('undici:request:create', onUndiciRequest);
  if (connectBefore) Socket.prototype.connect = connectBefore;
  connectBefore = null;
};

/** Null for a Unix socket, which stays on this machine. */
const addressOf = (args: readonly unknown[]): { host: string; port: number } | null => {
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args; // net hands itself the normalised arguments as one array
  if (typeof first === 'object' && first !== null) {
    if ('path' in first && typeof first.path === 'string') return null;
    const host = 'host' in first && typeof first.host === 'string' ? first.host : 'localhost';
    return { host, port: 'port' in first ? Number(first.port) : 0 };
  }
  if (typeof first === 'string' && Number.isNaN(Number(first))) return null;
  return { host: typeof second === 'string' ? second : 'localhost', port: Number(first) };
};

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/;

/** Whether the caller let this address through. Only addresses of this machine can be. */
export const isAllowed = (allow: readonly string[], host: string, port: number): boolean => {
  const name = host.replace(/^\[|\]$/g, '');
  return loopback.test(host) && allow.some((one) => [name, `${name}:${port}`, `[${name}]:${port}`].includes(one));
};

/** Throws TAPE_OPTIONS_INVALID for an address outside of this machine. */
export const checkAllow = (allow: readonly string[]): void => {
  const outside = allow.find((one) => !loopback.test(one) && !loopback.test(one.replace(/:\d+$/, '')));
  if (outside === undefined) return;
  throw new StagingError(
    'TAPE_OPTIONS_INVALID',
    `Failed to open the tape: allow names ${outside}, and only addresses of this machine (localhost, 127.0.0.1, ::1) can be let through.`,
  );
};
