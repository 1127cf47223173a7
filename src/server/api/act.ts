import { createRoute } from '@hono/zod-openapi';
import type { Caller, ReleaseDesk } from '../../desk/desk-contract.js';
import { body, createRoutes, json, refusals, security } from './routes.js';
import {
  answerBody,
  answerSchema,
  askBody,
  decisionBody,
  idParam,
  reasonBody,
  requestBody,
  requestedSchema,
  summarySchema,
} from './shapes.js';

const { 400: invalid, 401: unknown, 403: forbidden, 404: missing, 409: conflict, 422: absent } = refusals;

const request = createRoute({
  method: 'post',
  path: '/releases',
  summary: 'Ask for a release in a sentence (requester); an unclear one is answered with a question, and nothing begins',
  security,
  request: body(requestBody),
  responses: { 202: json('Accepted, or a question', requestedSchema), 400: invalid, 401: unknown, 403: forbidden, 422: absent },
});

const ask = createRoute({
  method: 'post',
  path: '/ask',
  summary: 'Ask about a release, or without its id about the newest: answered from the blackboard',
  security,
  request: body(askBody),
  responses: { 200: json('The answer, and the evidence behind it', answerSchema), 400: invalid, 401: unknown, 404: missing },
});

const decision = <W extends 'approve' | 'reject'>(word: W) =>
  createRoute({
    method: 'post',
    path: `/releases/{id}/${word}`,
    summary: `${word === 'approve' ? 'Approve' : 'Reject'} the promotion that is asked for (approver), bound to the digest of the question`,
    security,
    request: { params: idParam, ...body(decisionBody) },
    responses: {
      202: json('Recorded; the release goes on', summarySchema),
      400: invalid,
      401: unknown,
      403: forbidden,
      404: missing,
      409: conflict,
    },
  });

const answer = createRoute({
  method: 'post',
  path: '/releases/{id}/answer',
  summary:
    'Answer the open question as a chat UI sends it (approver): Agent Inbox, LangChain in both spellings, a sentence, an MCP form, an A2A message; `digest` is of the question that was shown',
  security,
  request: { params: idParam, ...body(answerBody) },
  responses: {
    202: json('Recorded; the release goes on', summarySchema),
    400: invalid,
    401: unknown,
    403: forbidden,
    404: missing,
    409: conflict,
  },
});

const operation = <W extends keyof typeof operations>(word: W) =>
  createRoute({
    method: 'post',
    path: `/releases/{id}/${word}`,
    summary: operations[word].summary,
    security,
    request: { params: idParam, ...body(reasonBody) },
    responses: {
      202: json('Told; see where it stands with its events', summarySchema),
      400: invalid,
      401: unknown,
      403: forbidden,
      404: missing,
      409: conflict,
    },
  });

type Operation = { summary: string; run: (desk: ReleaseDesk, caller: Caller, id: string, reason: string) => Promise<void> };

const operations = {
  resume: {
    summary: 'Go on with a release that has stopped (operator)',
    run: (desk, caller, id) => desk.resume(caller, id),
  },
  rollback: {
    summary: 'Send all traffic back to the stable version, while it runs or after its promotion (operator)',
    run: (desk, caller, id, reason) => desk.rollBack(caller, id, reason),
  },
  cancel: {
    summary: 'End a release, with the traffic on the stable version (operator)',
    run: (desk, caller, id, reason) => desk.cancel(caller, id, reason),
  },
} as const satisfies Record<string, Operation>;

/** Everything that needs a role. What is asked for goes on behind: a reply says that it was taken. */
export const actRoutes = (desk: ReleaseDesk) => {
  const routes = createRoutes();
  routes.openapi(request, async (c) => c.json(await desk.request(c.var.caller, c.req.valid('json').request), 202));
  routes.openapi(ask, async (c) => {
    const { question, release } = c.req.valid('json');
    return c.json(await desk.ask(c.var.caller, question, release), 200);
  });
  for (const [word, outcome] of [
    ['approve', 'approved'],
    ['reject', 'rejected'],
  ] as const)
    routes.openapi(decision(word), async (c) => {
      const { id } = c.req.valid('param');
      const { digest, comment } = c.req.valid('json');
      await desk.decide(c.var.caller, id, { digest, decision: outcome, ...(comment !== undefined && { comment }) });
      return c.json(await desk.summary(c.var.caller, id), 202);
    });
  routes.openapi(answer, async (c) => {
    const { id } = c.req.valid('param');
    const given = c.req.valid('json');
    await desk.decide(c.var.caller, id, given.answer, given.digest);
    return c.json(await desk.summary(c.var.caller, id), 202);
  });
  for (const word of ['resume', 'rollback', 'cancel'] as const)
    routes.openapi(operation(word), async (c) => {
      const { id } = c.req.valid('param');
      await operations[word].run(desk, c.var.caller, id, c.req.valid('json').reason ?? '');
      return c.json(await desk.summary(c.var.caller, id), 202);
    });
  return routes;
};
