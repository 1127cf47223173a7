import { createRoute, z } from '@hono/zod-openapi';
import { StagingError } from '../../catalog/errors.js';
import type { ReleaseDesk } from '../../desk/desk-contract.js';
import { createRoutes, json, refusals, security } from './routes.js';
import { documentSchema, idParam, journalSchema, questionSchema, summarySchema } from './shapes.js';

const looks = {
  list: createRoute({
    method: 'get',
    path: '/releases',
    summary: 'Releases, the newest first',
    security,
    request: { query: z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(100) }) },
    responses: { 200: json('The releases', z.object({ releases: z.array(summarySchema) })), 401: refusals[401] },
  }),
  one: createRoute({
    method: 'get',
    path: '/releases/{id}',
    summary: 'A release: where it stands, its blackboard, gates, criteria and rollout',
    security,
    request: { params: idParam },
    responses: { 200: json('The release', documentSchema), 401: refusals[401], 404: refusals[404] },
  }),
  view: createRoute({
    method: 'get',
    path: '/releases/{id}/view',
    summary: 'What the page shows of a release: the document, its charts as series, and the approval that is open',
    security,
    request: { params: idParam },
    responses: { 200: json('The view', z.looseObject({ release: z.string() })), 401: refusals[401], 404: refusals[404] },
  }),
  history: createRoute({
    method: 'get',
    path: '/history',
    summary: 'Deployments of every release, the newest first, and the DORA metrics from them',
    security,
    responses: { 200: json('The history', z.object({ deployments: z.array(z.unknown()), dora: z.unknown() })), 401: refusals[401] },
  }),
  journal: createRoute({
    method: 'get',
    path: '/releases/{id}/journal',
    summary: 'The journal of a release: append-only rows, each with the hash of the one before',
    security,
    request: { params: idParam, query: z.object({ from: z.coerce.number().int().min(1).default(1) }) },
    responses: { 200: json('Rows from the sequence number on', journalSchema), 401: refusals[401], 404: refusals[404] },
  }),
  evidence: createRoute({
    method: 'get',
    path: '/releases/{id}/evidence/{digest}',
    summary: 'A piece of evidence that the journal of the release names',
    security,
    request: { params: idParam.extend({ digest: z.string().regex(/^sha256:[0-9a-f]{64}$/) }) },
    responses: { 200: json('What was recorded', z.object({ evidence: z.unknown() })), 401: refusals[401], 404: refusals[404] },
  }),
  explain: createRoute({
    method: 'get',
    path: '/releases/{id}/explain',
    summary: 'Why each verdict fell as it did, and what would change it',
    security,
    request: { params: idParam },
    responses: {
      200: json('In words and as data', z.object({ text: z.string(), json: z.unknown() })),
      401: refusals[401],
      404: refusals[404],
    },
  }),
  question: createRoute({
    method: 'get',
    path: '/releases/{id}/question',
    summary: 'The approval that is open now, or null',
    security,
    request: { params: idParam },
    responses: {
      200: json('The question, with the digest that an answer carries', questionSchema),
      401: refusals[401],
      404: refusals[404],
    },
  }),
  report: createRoute({
    method: 'get',
    path: '/releases/{id}/report',
    summary: 'The report of a release as one self-contained page',
    security,
    request: { params: idParam },
    responses: {
      200: { description: 'HTML', content: { 'text/html': { schema: z.string() } } },
      401: refusals[401],
      404: refusals[404],
    },
  }),
};

/** Everything that every role may see. `report` draws a release as one file. */
export const lookRoutes = (desk: ReleaseDesk, report: (id: string) => Promise<string>) =>
  createRoutes()
    .openapi(looks.list, async (c) => c.json({ releases: await desk.list(c.var.caller, c.req.valid('query')) }, 200))
    .openapi(looks.one, async (c) => {
      const { id } = c.req.valid('param');
      return c.json({ ...(await desk.get(c.var.caller, id)), summary: await desk.summary(c.var.caller, id) }, 200);
    })
    .openapi(looks.view, async (c) => c.json({ ...(await desk.view(c.var.caller, c.req.valid('param').id)) }, 200))
    .openapi(looks.history, async (c) => c.json({ ...(await desk.history(c.var.caller)) }, 200))
    .openapi(looks.journal, async (c) => {
      const rows = await desk.journal(c.var.caller, c.req.valid('param').id, c.req.valid('query'));
      return c.json({ rows: rows.map((row) => ({ ...row })) }, 200);
    })
    .openapi(looks.evidence, async (c) => {
      const { id, digest } = c.req.valid('param');
      const rows = await desk.journal(c.var.caller, id);
      if (!rows.some(({ value }) => JSON.stringify(value ?? null).includes(`"${digest}"`)))
        throw new StagingError('EVIDENCE_UNKNOWN', `Failed to find ${digest}: the journal of release ${id} does not name it.`);
      return c.json({ evidence: await desk.evidence(c.var.caller, digest) }, 200);
    })
    .openapi(looks.explain, async (c) => c.json(await desk.explain(c.var.caller, c.req.valid('param').id), 200))
    .openapi(looks.question, async (c) => c.json({ question: await desk.question(c.var.caller, c.req.valid('param').id) }, 200))
    .openapi(looks.report, async (c) => {
      const { id } = c.req.valid('param');
      await desk.summary(c.var.caller, id);
      c.header('content-security-policy', frozen);
      return c.html(await report(id), 200);
    });

/** A report runs its own script, and as a stranger: it shares nothing with the page of this server. */
const frozen = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; sandbox allow-scripts";
