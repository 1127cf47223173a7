import { z, type RouteConfig } from '@hono/zod-openapi';
import { refusals, security } from './routes.js';

const health = z.object({
  status: z.enum(['ok', 'failing']),
  service: z.string(),
  simulated: z.boolean(),
  problems: z.array(z.string()).describe('What keeps this server from its work'),
  freeBytes: z.number().nullable().describe('On the disk of the journal'),
});
const answered = (description: string) => ({ description, content: { 'application/json': { schema: health } } });

/** What a prober and a scraper ask: they stand in the document, beside the API. */
export const healthPaths: readonly RouteConfig[] = [
  {
    ...{ method: 'get', path: '/healthz', summary: 'Whether this server can do its work now; asked without a token' },
    responses: { 200: answered('It can'), 503: answered('It cannot, and why') },
  },
  {
    ...{ method: 'get', path: '/metrics', summary: "Releases, gates, queue and DORA metrics in Prometheus' text format", security },
    responses: { 200: { description: 'The metrics', content: { 'text/plain': { schema: z.string() } } }, 401: refusals[401] },
  },
];
