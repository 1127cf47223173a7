import { OpenAPIHono, type z } from '@hono/zod-openapi';
import { StagingError } from '../../catalog/errors.js';
import type { Caller } from '../../desk/desk-contract.js';
import { errorSchema } from './shapes.js';

/** What every route of the API knows: who calls. */
export type ApiEnvironment = { Variables: { caller: Caller } };

/** A body or a parameter that does not fit is one sentence that names it. */
export const createRoutes = () =>
  new OpenAPIHono<ApiEnvironment>({
    defaultHook: (result) => {
      if (result.success) return;
      const [issue] = result.error.issues;
      const path = issue?.path.join('.');
      throw new StagingError(
        'BODY_INVALID',
        `Failed to read the request: ${path ? `"${path}" ` : ''}${issue?.message ?? 'it is invalid'}.`,
      );
    },
  });

export const json = <S extends z.ZodType>(description: string, schema: S) => ({ description, content: { 'application/json': { schema } } });
export const body = <S extends z.ZodType>(schema: S) => ({ body: { required: true, content: { 'application/json': { schema } } } });

/** How a route refuses, beside what is wrong with the body (400). */
export const refusals = {
  400: json('The request is not readable; the message names what is wrong', errorSchema),
  401: json('No token, or none that is known', errorSchema),
  403: json('The role, the name or the host does not cover it', errorSchema),
  404: json('There is no such release, evidence or path', errorSchema),
  409: json('Not in the state that it is in', errorSchema),
  429: json('Too many wrong credentials from this address (`Retry-After` says how long), or no room in the queue', errorSchema),
  422: json('It names a version or a feature that is not there', errorSchema),
};

export const security = [{ bearer: [] }];
