import { MessagesValue, ReducedValue, StateSchema } from '@langchain/langgraph';
import { z } from 'zod';
import { mergeById, mergeEvents } from '../blackboard/merge.js';
import { outcomes } from '../blackboard/store.js';
import { eventTopics, type EventTopic } from '../catalog/events.js';
import { fieldNames, fields, type Board, type FieldName } from '../catalog/fields.js';
import { releaseRequestSchema } from '../catalog/request.js';
import { toolNames, type ToolName } from '../catalog/tools.js';

const eventSchema = z.object({
  id: z.string(),
  topic: z.enum(eventTopics as [EventTopic, ...EventTopic[]]),
  emittedBy: z.string(),
  reason: z.string(),
  at: z.number(),
  handled: z.boolean(),
  held: z.object({ summary: z.string(), hold: z.boolean(), by: z.string() }).optional(),
});
export type PendingEvent = z.infer<typeof eventSchema>;

const evidenceRefSchema = z.object({
  id: z.string(),
  tool: z.enum(toolNames as [ToolName, ...ToolName[]]),
  digest: z.string(),
  source: z.string(),
  at: z.number(),
  attempt: z.number(),
  args: z.record(z.string(), z.unknown()),
});

const approvalSchema = z.object({
  id: z.string(),
  digest: z.string(),
  decision: z.enum(['approved', 'rejected', 'withdrawn']),
  by: z.string(),
  at: z.number(),
  preSigned: z.boolean(),
  comment: z.string(),
});

const waitingSchema = z.discriminatedUnion('kind', [
  /** `lookedAt`, `wakeAt`: of one that is asleep between two looks. */
  z.object({
    kind: z.literal('soak'),
    untilAt: z.number(),
    reason: z.string(),
    lookedAt: z.number().optional(),
    wakeAt: z.number().optional(),
  }),
  z.object({
    kind: z.literal('approval'),
    digest: z.string(),
    reason: z.string(),
    askedAt: z.number(),
    note: z.string(),
    news: z.array(z.string()),
  }),
]);

/** Why the graph stopped without an end: a limit, a model's hold, or something that broke. A person can resume. */
const haltSchema = z.object({ outcome: z.enum(['stopped', 'held', 'errored']), code: z.string(), reason: z.string() });
export type Halt = z.infer<typeof haltSchema>;

const list = <T extends { id: string }>(item: z.ZodType<T>) => new ReducedValue(z.array(item).default([]), { reducer: mergeById<T> });

const control = {
  messages: MessagesValue,
  releaseId: z.string().nullable().default(null),
  request: releaseRequestSchema.nullable().default(null),
  attempt: z.number().int().default(1),
  events: new ReducedValue(z.array(eventSchema).default([]), { reducer: mergeEvents<PendingEvent> }),
  evidence: list(evidenceRefSchema),
  approvals: list(approvalSchema),
  /** Every answer to an approval, by the digest of what was sent: none does anything twice. */
  answers: list(z.object({ id: z.string(), at: z.number() })),
  waiting: new ReducedValue(waitingSchema.nullable().default(null), { reducer: (_, next) => next }),
  halt: new ReducedValue(haltSchema.nullable().default(null), { reducer: (_, next) => next }),
  outcome: z.enum(outcomes).nullable().default(null),
  outcomeReason: z.string().default(''),
};

/** The blackboard's fields as state keys: lists merge by id, everything else is its owner's to replace. */
const boardFields = Object.fromEntries(
  fieldNames.map((field) => {
    const row = fields[field];
    const schema: z.ZodType = row.schema;
    const reducer =
      row.merge === 'byId'
        ? (current: { id: string }[] | undefined, next: { id: string }[] | undefined) => mergeById(current ?? [], next ?? [])
        : (_: unknown, next: unknown) => next;
    return [field, new ReducedValue(schema.optional(), { reducer: reducer as (current: unknown, next: unknown) => unknown })]; // the schema has parsed both
  }),
) as { [F in FieldName]: ReducedValue<Board[F], Board[F]> }; // one entry per field of the table

/** The blackboard is the graph state: the catalog's fields, and what the graph itself needs to go on. */
export const stagingState = new StateSchema({ ...control, ...boardFields });
export type StagingState = typeof stagingState.State;
export type StagingUpdate = typeof stagingState.Update;

export const boardOf = (state: StagingState): Board =>
  Object.fromEntries(fieldNames.flatMap((field) => (state[field] === undefined ? [] : [[field, state[field]]]))); // the same keys, the same schemas
