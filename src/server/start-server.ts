import type { Server } from 'node:http';
import { serve, type HttpBindings } from '@hono/node-server';
import { reason, StagingError } from '../catalog/errors.js';
import type { ReleaseDesk } from '../desk/desk-contract.js';
import { systemClock } from '../tools/system-clock.js';
import type { PageAssets } from '../page/page-assets.js';
import { openAttempts } from './attempts.js';
import { createServerApp, type Door } from './create-server-app.js';
import { openCredentials, type Credentials } from './credentials.js';
import { openDoorkeeper } from './doorkeeper.js';
import { frozenReport } from './frozen-report.js';
import { openMetrics } from './health-doors.js';
import { createHooks } from './hooks/create-hooks.js';
import { pageDoors } from './page-doors.js';
import { startNotifying } from './notify.js';
import { version } from '../catalog/version.js';

export type ServerOptions = {
  /** What the page and the reports are made of. */
  assets: PageAssets;
  host: string;
  /** 0: any that is free. */
  port: number;
  as?: string;
  /** Given the address that the server has in the end. */
  doors?: (url: string) => readonly Door[];
  say: (line: string) => void;
  heartbeatMs?: number;
};

export type RunningServer = { url: string; generated: Credentials['generated']; close: () => Promise<void> };

const loopback = ['127.0.0.1', '::1', 'localhost'];

/** Serves a desk. Throws TOKENS_NOT_CONFIGURED, CONFIG_INVALID, PORT_TAKEN. */
export const startServer = async (desk: ReleaseDesk, options: ServerOptions): Promise<RunningServer> => {
  const { host, say } = options;
  const { server: config, approvers } = desk.config;
  const stopping = new AbortController();
  if (options.as !== undefined && !approvers.includes(options.as))
    throw new StagingError('NOT_AN_APPROVER', `Failed to serve: ${options.as} is not among ${approvers.join(', ')}.`);
  const credentials = openCredentials({
    tokens: config.tokens,
    configDir: desk.configDir,
    stateDir: desk.stateDir,
    loopback: loopback.includes(host),
    ...(options.as !== undefined && { as: options.as }),
  });
  const metrics = await openMetrics(desk);
  const doorkeeper = openDoorkeeper(credentials, openAttempts({ clock: systemClock }));
  const hooks = createHooks(desk, doorkeeper.callerOf);
  let answer: Answering = () => new Response(null, { status: 503 });
  const server = await listen((request, from) => answer(request, from), host, options.port);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const app = createServerApp(desk, {
    version,
    doorkeeper,
    hosts: [...config.hosts, ...(loopback.includes(host) ? [] : [host])],
    maxBodyBytes: config.maxBodyBytes,
    report: frozenReport(desk, options.assets),
    metrics,
    hooks,
    doors: [...pageDoors(options.assets), ...(options.doors?.(url) ?? [])],
    heartbeatMs: options.heartbeatMs ?? 15_000,
    stopping: stopping.signal,
    onDefect: (error) => say(`Something broke: ${reason(error)}.`),
  });
  answer = (request, from) => app.fetch(request, { address: from.incoming.socket.remoteAddress ?? '' });
  const notifications = startNotifying(desk, {
    clock: { ...systemClock, now: Date.now }, // a receiver compares the signature's time with its own clock
    secrets: credentials.secrets,
    say,
  });
  return {
    url,
    generated: credentials.generated,
    close: async () => {
      notifications.stop();
      metrics.stop();
      stopping.abort(); // ends the event streams, which would keep their connections open
      await end(server);
    },
  };
};

/** `from`: the request as Node has it, whose socket knows where it comes from. */
type Answering = (request: Request, from: HttpBindings) => Response | Promise<Response>;

const listen = (fetch: Answering, hostname: string, port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = serve(
      {
        fetch: (request, from) => fetch(request, from as HttpBindings),
        hostname,
        port,
        overrideGlobalObjects: false,
        serverOptions: { requestTimeout: 30_000, headersTimeout: 10_000 },
      },
      () => resolve(server),
    ) as Server; // without options of HTTP/2 it is one of node:http
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      const why = taken ? 'something listens there' : reason(error);
      reject(
        new StagingError(taken ? 'PORT_TAKEN' : 'HOST_REFUSED', `Failed to listen on ${hostname}:${port}: ${why}.`, {
          cause: error,
          remedy: taken ? 'Leave --port out to have a free one chosen, or stop what listens there.' : 'Use an address of this machine.',
        }),
      );
    });
  });

const graceMs = 2_000;

/** Answers that are under way get a moment; what is still open then is cut. */
const end = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
