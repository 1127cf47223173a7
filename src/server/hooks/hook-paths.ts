import { z } from '@hono/zod-openapi';
import { gateNames } from '../../catalog/gates.js';
import { json, refusals, security } from '../api/routes.js';

const { 400: invalid, 401: unknown, 404: missing, 429: tooMany } = refusals;
const delivery = { body: { required: true, content: { 'application/json': { schema: z.looseObject({}) } } } };
const taken = (description: string) => json(description, z.looseObject({}));

/** What /openapi.json tells of each webhook. A payload is its sender's: the handler reads of it what it needs, after the secret. */
export const hookPaths = {
  argo: {
    method: 'get' as const,
    path: '/argo',
    summary: 'For a `web` metric of an Argo AnalysisTemplate: 1 for open, 0 for failed, -1 where nobody can tell yet (any role)',
    security,
    request: { query: z.object({ gate: z.enum(gateNames).optional(), version: z.string().optional() }) },
    responses: { 200: taken('Where the gates of the release stand'), 400: invalid, 401: unknown, 429: tooMany },
  },
  github: {
    method: 'post' as const,
    path: '/github',
    summary: 'A delivery of GitHub: asks for a release as the configuration maps it',
    security: [{ github: [] }],
    request: delivery,
    responses: {
      200: taken('Nothing was asked for, and why'),
      202: taken('Accepted, or a question'),
      400: invalid,
      401: unknown,
      429: tooMany,
    },
  },
  alertmanager: {
    method: 'post' as const,
    path: '/alertmanager',
    summary: 'Notifications of Alertmanager: a firing alert that the configuration names takes the traffic of the candidate back',
    security: [{ alertmanager: [] }],
    request: delivery,
    responses: { 200: taken('The alerts that were raised'), 400: invalid, 401: unknown, 429: tooMany },
  },
  flagger: {
    method: 'post' as const,
    path: '/flagger/{hook}',
    summary: "A hook of Flagger: 200 lets it go on, 403 says why not; the secret may also stand in the body's `metadata.token`",
    security: [{ flagger: [] }],
    request: { ...delivery, params: z.object({ hook: z.string() }) },
    responses: {
      200: taken('Yes'),
      400: invalid,
      401: unknown,
      403: taken('No, and why'),
      404: missing,
      429: tooMany,
    },
  },
};

const bearer = { type: 'http' as const, scheme: 'bearer', description: 'The secret that the configuration names for this webhook' };

/** Each webhook has a secret of its own; that of Argo is a token like any other. */
export const hookSchemes = {
  argo: undefined,
  github: {
    type: 'apiKey' as const,
    in: 'header' as const,
    name: 'X-Hub-Signature-256',
    description: 'HMAC-SHA256 of the body with the secret',
  },
  alertmanager: bearer,
  flagger: bearer,
};
