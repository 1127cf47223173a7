import { z } from '@hono/zod-openapi';
import { errorTable, type ErrorCode } from '../../catalog/errors.js';
import { outcomes } from '../../blackboard/store.js';
import { eventKinds } from '../../catalog/server-config.js';
import { releaseSummarySchema } from '../../desk/release-summary.js';

/** What the API takes and gives, as /openapi.json tells it. */
export const errorSchema = z
  .object({
    error: z.object({
      code: z.enum(Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]]), // keys of a const table
      message: z.string(),
      remedy: z.string(),
    }),
  })
  .openapi('Error');

export const summarySchema = z.object(releaseSummarySchema.shape).openapi('Release');

export const requestedSchema = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('accepted'), release: z.string(), understood: z.string(), state: z.enum(['running', 'queued']) }),
    z.object({
      kind: z.literal('unclear'),
      question: z.string(),
      choices: z.array(z.string()),
      sentences: z.array(z.string()).openapi({ description: 'The whole sentence with each of the choices taken, in their order' }),
    }),
  ])
  .openapi('Requested');

/** The document that `release --json` ends with: see the how-to for its keys. */
export const documentSchema = z
  .looseObject({ release: z.string(), outcome: z.enum(outcomes).nullable(), summary: summarySchema })
  .openapi('ReleaseDocument');

export const questionSchema = z
  .object({ question: z.looseObject({ release: z.string(), digest: z.string(), question: z.string() }).nullable() })
  .openapi('ApprovalQuestion');

export const journalSchema = z.object({ rows: z.array(z.looseObject({ sequence: z.number(), kind: z.string(), name: z.string() })) });

export const eventSchema = z
  .object({
    sequence: z.number(),
    at: z.number(),
    release: z.string(),
    kind: z.enum(eventKinds),
    agent: z.string(),
    routine: z.string().nullable(),
    text: z.string(),
  })
  .openapi('Event');

const text = (max: number) => z.string().trim().max(max);
export const requestBody = z.strictObject({ request: text(2_000).min(1) });
export const decisionBody = z.strictObject({ digest: text(200).min(1), comment: text(1_000).optional() });
export const answerBody = z.strictObject({ digest: text(200).min(1), answer: z.unknown() });
export const reasonBody = z.strictObject({ reason: text(1_000).optional() });
export const askBody = z.strictObject({ question: text(2_000).min(1), release: text(100).optional() });
export const idParam = z.object({ id: z.string().min(1).max(100) });
export const answerSchema = z.object({ text: z.string(), evidence: z.array(z.string()) }).openapi('Answer');
