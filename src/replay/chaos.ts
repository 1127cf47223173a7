import { z } from 'zod';
import { StagingError } from '../catalog/errors.js';
import { splitEvents } from './wire.js';
import type { Json, Reply } from './tape-file.js';

/** What may happen to an answer on its way. `call` narrows it to the calls whose name contains the text. */
const chaosSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('reslice'), bytes: z.number().int().positive(), call: z.string().optional() }),
  z.strictObject({ kind: z.literal('cut-at'), offsets: z.array(z.number().int().nonnegative()), call: z.string().optional() }),
  z.strictObject({ kind: z.literal('no-done'), call: z.string().optional() }),
  z.strictObject({ kind: z.literal('truncate'), bytes: z.number().int().nonnegative(), call: z.string().optional() }),
  z.strictObject({ kind: z.literal('slow-first-byte'), ms: z.number().nonnegative(), call: z.string().optional() }),
  z.strictObject({ kind: z.literal('drop-connection'), bytes: z.number().int().nonnegative(), call: z.string().optional() }),
  z.strictObject({ kind: z.literal('malformed-tool-arguments'), call: z.string().optional() }),
]);

export type Chaos = z.infer<typeof chaosSchema>;

/** Throws TAPE_OPTIONS_INVALID. */
export const parseChaos = (input: unknown): Chaos[] => {
  const parsed = z.array(chaosSchema).safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new StagingError('TAPE_OPTIONS_INVALID', `Failed to open the tape: chaos.${issue?.path.join('.')} ${issue?.message}.`);
};

/** A body on its way to the program. */
type Delivery = { chunks: Uint8Array[]; delayMs: number; breaksOff: boolean };

/** The answer as the program gets it, given everything that may happen to it. */
export const answerOf = (reply: Reply, chaos: readonly Chaos[]): Response => {
  if (reply.kind === 'network-error' || reply.kind === 'timeout') return failure(reply.message);
  const whole = chaos.some(({ kind }) => kind === 'malformed-tool-arguments') ? breakArguments(reply) : reply;
  const { status, headers } = whole;
  if (whole.kind === 'json' && chaos.length === 0) return new Response(JSON.stringify(whole.body), { status, headers });
  const delivery = chaos.reduce(happen, {
    chunks: bodyOf(whole),
    delayMs: 0,
    breaksOff: whole.kind === 'stream' && whole.ends === 'dropped',
  });
  return new Response([204, 205, 304].includes(status) ? null : streamOf(delivery), { status, headers });
};

/** What `fetch` rejects with names its cause by this text, by which the OpenAI client tells a timeout from a lost connection. */
const failure = (message: string): Response => Object.assign(Response.error(), { toString: () => message });

const bodyOf = (reply: Extract<Reply, { status: number }>): Uint8Array[] => {
  switch (reply.kind) {
    case 'json':
      return [Buffer.from(JSON.stringify(reply.body))];
    case 'text':
      return [Buffer.from(reply.text)];
    case 'bytes':
      return [Buffer.from(reply.base64, 'base64')];
    case 'stream':
      return reply.events.map((event) => Buffer.from(event));
  }
};

const happen = (delivery: Delivery, chaos: Chaos): Delivery => {
  const bytes = () => Buffer.concat(delivery.chunks);
  switch (chaos.kind) {
    case 'reslice': {
      const all = bytes();
      return {
        ...delivery,
        chunks: slice(
          all,
          Array.from({ length: Math.ceil(all.length / chaos.bytes) }, (_, at) => at * chaos.bytes),
        ),
      };
    }
    case 'cut-at':
      return { ...delivery, chunks: slice(bytes(), chaos.offsets) };
    case 'no-done':
      return { ...delivery, chunks: delivery.chunks.filter((chunk) => !/^data: ?\[DONE\]/.test(Buffer.from(chunk).toString())) };
    case 'truncate':
      return { ...delivery, chunks: [bytes().subarray(0, chaos.bytes)] };
    case 'slow-first-byte':
      return { ...delivery, delayMs: chaos.ms };
    case 'drop-connection':
      return { ...delivery, chunks: [bytes().subarray(0, chaos.bytes)], breaksOff: true };
    case 'malformed-tool-arguments':
      return delivery;
  }
};

const slice = (bytes: Uint8Array, offsets: readonly number[]): Uint8Array[] => {
  const edges = [...new Set([0, ...offsets, bytes.length])].filter((edge) => edge <= bytes.length).sort((a, b) => a - b);
  return edges.slice(1).map((edge, at) => bytes.subarray(edges[at], edge));
};

const streamOf = ({ chunks, delayMs, breaksOff }: Delivery): ReadableStream<Uint8Array> => {
  const rest = chunks.filter((chunk) => chunk.length > 0);
  let first = true;
  return new ReadableStream(
    {
      async pull(controller) {
        if (first && delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
        first = false;
        const chunk = rest.shift();
        if (chunk) controller.enqueue(chunk);
        else if (breaksOff) controller.error(new TypeError('terminated'));
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
};

/** Tool arguments end with the wrong bracket; one that is only missing, LangChain would put there itself. */
const breakArguments = (reply: Extract<Reply, { status: number }>): Extract<Reply, { status: number }> => {
  if (reply.kind === 'json') return { ...reply, body: broken(reply.body) };
  if (reply.kind !== 'stream') return reply;
  return { ...reply, events: splitEvents(reply.events.join('')).map((event) => event.replace(/^(data: ?)(\{.*\})/gm, brokenLine)) };
};

const brokenLine = (_line: string, prefix: string, data: string): string => prefix + JSON.stringify(broken(JSON.parse(data) as Json)); // the tape's own events

const broken = (value: Json, name = '', kind = ''): Json => {
  if (typeof value === 'string')
    return name === 'arguments' || (name === 'delta' && kind.includes('function_call_arguments')) ? value.replace(/\}\s*$/, ']') : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => broken(item, name, kind));
  const type = typeof value['type'] === 'string' ? value['type'] : kind;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, broken(item, key, type)]));
};
