import { z } from 'zod';
import { ruleSchema } from './rules.js';

/** What the first line of a tape says, so that no other JSON file is taken for one. */
export const tapeFormat = 'langgraph-staging tape';
/** 2 writes once what several requests repeat. */
export const tapeVersion = 2;

/** Where the answers come from. A reader must see at once whether a language model spoke. */
export const tapeSources = ['recorded', 'authored', 'aimock', 'runbook'] as const;
export type TapeSource = (typeof tapeSources)[number];

const whole = { status: z.number().int(), headers: z.record(z.string(), z.string()) };

/** What came back: an answer, or the way in which none came. */
const replySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('json'), ...whole, body: z.json() }),
  z.strictObject({ kind: z.literal('text'), ...whole, text: z.string() }),
  z.strictObject({ kind: z.literal('bytes'), ...whole, base64: z.string() }),
  /** Server-sent events: joined, the pieces are the bytes that came. */
  z.strictObject({ kind: z.literal('stream'), ...whole, events: z.array(z.string()), ends: z.enum(['complete', 'dropped']) }),
  z.strictObject({ kind: z.literal('network-error'), message: z.string() }),
  z.strictObject({ kind: z.literal('timeout'), message: z.string() }),
]);

/** What was asked, after the rules were applied. `target` is the operation of a model, or the address of anything else. */
const askedSchema = z.strictObject({ method: z.string(), target: z.string(), body: z.json() });

const callSchema = z.strictObject({
  lane: z.string(),
  /** The how-manieth call of its lane, from 1. */
  ordinal: z.number().int().positive(),
  agent: z.string().optional(),
  node: z.string().optional(),
  request: askedSchema,
  reply: replySchema,
});

const valueSchema = z.strictObject({
  lane: z.string(),
  name: z.string(),
  input: z.json().optional(),
  /** In the order in which they were asked for. An empty object is `undefined`. */
  answers: z.array(
    z.strictObject({ value: z.json().optional(), error: z.strictObject({ name: z.string(), message: z.string() }).optional() }),
  ),
});

const content = {
  format: z.literal(tapeFormat),
  header: z.strictObject({
    source: z.enum(tapeSources),
    /** The package whose tests the tape belongs to. */
    program: z.string(),
    note: z.string().optional(),
    recordedAt: z.iso.datetime(),
    endpoints: z.array(z.string()),
    models: z.array(z.string()),
    packages: z.record(z.string(), z.string()),
    /** Digests of the prompt files, by path from the tape's folder. */
    prompts: z.record(z.string(), z.string()),
    rules: z.array(ruleSchema),
  }),
  calls: z.array(callSchema),
  values: z.array(valueSchema),
};

const newest = z.strictObject({
  ...content,
  version: z.literal(tapeVersion),
  /** By digest: a request holds `{ "$part": digest }` in their place. */
  parts: z.record(z.string(), z.json()),
});
const first = z.strictObject({ ...content, version: z.literal(1) });

/** A file of any version that was ever written, as the newest one has it. */
export const tapeFileSchema = z.discriminatedUnion('version', [
  newest,
  first.transform((tape): TapeFile => ({ ...tape, version: tapeVersion, parts: {} })),
]);

export type TapeFile = z.infer<typeof newest>;
/** A tape as the program has it: every request whole. */
export type Tape = Omit<TapeFile, 'parts'>;
export type Call = Tape['calls'][number];
export type Reply = Call['reply'];
export type Asked = Call['request'];
export type RecordedValue = Tape['values'][number];
export type Json = z.infer<ReturnType<typeof z.json>>;

/** How a call is spoken of: its lane and its number there. */
export const callName = ({ lane, ordinal }: { lane: string; ordinal: number }): string => `${lane || 'no graph'} #${ordinal}`;

/** An answer can be given again; an error reply cannot stand for one. */
export const isAnswer = (reply: Reply): boolean => 'status' in reply && reply.status < 400;
