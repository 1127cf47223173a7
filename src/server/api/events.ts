import { createRoute, z } from '@hono/zod-openapi';
import { streamSSE, type SSEMessage } from 'hono/streaming';
import type { Context } from 'hono';
import type { DeskEvent, ReleaseDesk } from '../../desk/desk-contract.js';
import { createRoutes, refusals, security, type ApiEnvironment } from './routes.js';
import { eventSchema, idParam } from './shapes.js';

const summary = 'Server-Sent Events from now on, or after `Last-Event-ID` as far as they are held; `missed` says that some are not';
const query = z.object({ after: z.coerce.number().int().min(0).optional() });
const responses = {
  200: { description: summary, content: { 'text/event-stream': { schema: eventSchema } } },
  400: refusals[400],
  401: refusals[401],
  404: refusals[404],
};
const all = createRoute({ method: 'get', path: '/events', summary, security, request: { query }, responses });
const one = createRoute({
  method: 'get',
  path: '/releases/{id}/events',
  summary: `Of one release: ${summary}`,
  security,
  request: { query, params: idParam },
  responses,
});

export type EventOptions = { heartbeatMs: number; stopping: AbortSignal };

/** A reader that does not keep up is cut off, and goes on where it was with its next `Last-Event-ID`. */
const mostUnread = 20_000;

export const eventRoutes = (desk: ReleaseDesk, options: EventOptions) =>
  createRoutes()
    .openapi(all, (c) => stream(c, desk, options, { after: c.req.valid('query').after }))
    .openapi(one, async (c) => {
      const { id } = c.req.valid('param');
      await desk.summary(c.var.caller, id);
      return stream(c, desk, options, { release: id, after: c.req.valid('query').after });
    });

type From = { release?: string; after: number | undefined };

const stream = (context: Context<ApiEnvironment>, desk: ReleaseDesk, { heartbeatMs, stopping }: EventOptions, { release, after }: From) => {
  const last = context.req.header('last-event-id');
  const seen = last !== undefined && /^\d+$/.test(last) ? Number(last) : after;
  context.header('x-accel-buffering', 'no'); // a proxy that collects a stream delivers nothing
  return streamSSE(context, async (sse) => {
    const unread: SSEMessage[] = [];
    let wake = (): void => undefined;
    let open = true;
    const end = (): void => {
      open = false;
      wake();
    };
    const push = (message: SSEMessage): void => {
      unread.push(message);
      if (unread.length > mostUnread) end();
      wake();
    };
    sse.onAbort(end);
    stopping.addEventListener('abort', end, { once: true });
    const { from } = desk.span();
    if (seen !== undefined && seen < from) push({ event: 'missed', data: JSON.stringify({ after: seen, from }) });
    const unfollow = desk.follow((event) => push(messageOf(event)), {
      ...(release !== undefined && { release }),
      ...(seen !== undefined && { after: seen }),
    });
    const beat = setInterval(() => push(heartbeat), heartbeatMs);
    try {
      await sse.write(': open\n\n');
      while (open && !stopping.aborted) {
        const next = unread.shift();
        if (next === heartbeat) await sse.write(': still here\n\n');
        else if (next !== undefined) await sse.writeSSE(next);
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      clearInterval(beat);
      unfollow();
      stopping.removeEventListener('abort', end);
    }
  });
};

const heartbeat: SSEMessage = { data: '' };

const messageOf = (event: DeskEvent): SSEMessage => ({ id: String(event.sequence), event: event.kind, data: JSON.stringify(event) });
