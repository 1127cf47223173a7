import { z } from 'zod';
import { dataTools, manifestSchema, migrationKind, snapshotResult, writesSince } from '../../../catalog/data.js';

/** `Cookie` of a store. */
const cookie = z.union([z.number(), z.string()]).nullable();

const operation = z.object({
  artifact: z.object({ version: z.string(), digest: z.string(), path: z.string() }),
  kind: migrationKind,
  migrations: manifestSchema.shape.migrations,
  /** `ready`: the snapshot is taken. `applying` and `undoing` were begun, and may have been cut off. */
  state: z.enum(['ready', 'applying', 'applied', 'failed', 'undoing', 'undone']),
  snapshot: snapshotResult,
  /** When the snapshot was taken; null in a record from before this was written down. */
  takenAt: z.number().nullable().default(null),
  result: z.object({ output: z.string(), durationMs: z.number() }).nullable(),
  /** How it is being undone: the way, what that loses, and the cookies of the stores from before the first try. */
  undoing: z.object({ way: z.enum(['down', 'restore']), lost: writesSince, cookies: z.array(cookie) }).nullable(),
});
export type DataOperation = z.infer<typeof operation>;

const copy = z.object({
  state: z.enum(['copying', 'copied']),
  cookies: z.array(cookie),
  result: dataTools.copy_data.result.nullable(),
});

/** A snapshot that belongs to no migration: a person asked for it, or for what would have overwritten it. */
const byHand = z.object({ takenAt: z.number(), by: z.string(), why: z.string(), snapshot: snapshotResult });

/** What was done to the data of an environment, by the operation of the release that did it: none of it is done twice. */
export const dataRecordSchema = z.object({
  operations: z.record(z.string(), operation),
  copies: z.record(z.string(), copy),
  byHand: z.record(z.string(), byHand).default({}),
});
export type DataRecord = z.infer<typeof dataRecordSchema>;
export const emptyDataRecord: DataRecord = { operations: {}, copies: {}, byHand: {} };
