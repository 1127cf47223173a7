import { OpenAPIHono } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { StagingError } from '../catalog/errors.js';
import type { Caller, ReleaseDesk } from '../desk/desk-contract.js';
import { actRoutes } from './api/act.js';
import { eventRoutes, type EventOptions } from './api/events.js';
import { lookRoutes } from './api/look.js';
import type { ApiEnvironment } from './api/routes.js';
import { errorAnswer } from './errors.js';
import { guardHost } from './guard.js';

/** Another way in under a path of its own, whatever it speaks: it gets the request and who calls. */
export type Door = {
  /** As Hono writes paths: `/mcp`, or `/assets/*` for all below. */
  path: string;
} & (
  | { open?: false; handle: (request: Request, caller: Caller) => Response | Promise<Response> }
  /** Shown to whoever reaches the server, without a token. */
  | { open: true; handle: (request: Request) => Response | Promise<Response> }
);

export type ServerAppOptions = EventOptions & {
  version: string;
  callerOf: (authorization: string | undefined) => Caller | null;
  hosts: readonly string[];
  maxBodyBytes: number;
  /** Draws the report of a release. */
  report: (id: string) => Promise<string>;
  /** Mounted on /hooks: each authenticates its own callers. */
  hooks?: Hono;
  doors?: readonly Door[];
  /** Told of what broke, which callers are not. */
  onDefect: (error: unknown) => void;
};

/** The HTTP side of a desk. It listens nowhere by itself: `app.fetch` answers a request. */
export const createServerApp = (desk: ReleaseDesk, options: ServerAppOptions): OpenAPIHono<ApiEnvironment> => {
  const app = new OpenAPIHono<ApiEnvironment>();
  app.onError((error, c) => {
    const { status, body } = errorAnswer(error);
    if (status === 500) options.onDefect(error);
    if (status === 401) c.header('www-authenticate', 'Bearer');
    return c.json(body, status);
  });
  app.notFound((c) => {
    const { body } = errorAnswer(new StagingError('PATH_UNKNOWN', `Failed to answer: there is no ${c.req.method} ${c.req.path}.`));
    return c.json(body, 404);
  });
  app.use(guardHost(options.hosts));
  app.use(bodyLimit({ maxSize: options.maxBodyBytes, onError: () => refuseBody(options.maxBodyBytes) }));
  const callerOf = (authorization: string | undefined): Caller => {
    const caller = options.callerOf(authorization);
    if (caller === null) throw new StagingError('TOKEN_MISSING', 'Failed to answer: no token that is known came with the request.');
    return caller;
  };

  app.get('/healthz', (c) => c.json({ status: 'ok', service: desk.config.service.name, simulated: desk.simulated }));
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'langgraph-staging',
      version: options.version,
      description: `Releases of ${desk.config.service.name}: the model proposes, evidence decides.`,
    },
  });
  app.use('/api/*', async (c, next) => {
    c.set('caller', callerOf(c.req.header('authorization')));
    c.header('cache-control', 'no-store');
    await next();
  });
  app.route('/api', lookRoutes(desk, options.report));
  app.route('/api', actRoutes(desk));
  app.route('/api', eventRoutes(desk, options));
  if (options.hooks) app.route('/hooks', options.hooks);
  for (const door of options.doors ?? [])
    app.all(door.path, async (c) => (door.open ? door.handle(c.req.raw) : door.handle(c.req.raw, callerOf(c.req.header('authorization')))));
  return app;
};

const refuseBody = (maxBytes: number): never => {
  throw new StagingError('BODY_TOO_LARGE', `Failed to read the request: its body is larger than ${maxBytes} bytes.`);
};
