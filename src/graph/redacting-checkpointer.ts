import { BaseMessage } from '@langchain/core/messages';
import { MemorySaver, type BaseCheckpointSaver } from '@langchain/langgraph';
import { redactDocument, secretsKnown } from '../catalog/redact.js';

type Serde = BaseCheckpointSaver['serde'];

/** The same checkpointer, which the host may use elsewhere as it is, and no secret in what this graph gives it to keep. */
export const redactingCheckpointer = <C extends BaseCheckpointSaver>(checkpointer: C): C => {
  const { serde } = checkpointer;
  const isJson = serde.constructor === jsonSerializer;
  const redacting: Serde = {
    loadsTyped: (type, data) => serde.loadsTyped(type, data),
    dumpsTyped: async (value) => {
      if (isJson && isObject(value) && !(value instanceof Uint8Array)) return ['json', encoder.encode(await jsonOf(value, serde))];
      const [type, data] = await serde.dumpsTyped(value);
      return type === 'json' ? [type, encoder.encode(redactDocument(decoder.decode(data)))] : [type, data];
    },
  };
  return Object.create(checkpointer, { serde: { value: redacting, enumerable: true } }) as C; // everything else is inherited from the host's
};

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** LangGraph's own, which makes of an object the JSON of its parts. What a host brings may do otherwise. */
const jsonSerializer = new MemorySaver().serde.constructor;

/**
 * The JSON without secrets, put together from that of its parts: most of a state is what it was a step ago, and what is in a state is
 * replaced, not changed. Parts are the values of a checkpoint's channels, and the items of a list.
 */
const jsonOf = async (value: object, serde: Serde): Promise<string> => {
  for (const part of bookkeepingOf(value)) remembered.delete(part);
  const fresh = new Set<object>();
  joined(value, (part) => (isRemembered(part) || fresh.add(part), ''));
  await Promise.all(
    [...fresh].map(async (part) => {
      const [, data] = await serde.dumpsTyped(part);
      remembered.set(part, { text: redactDocument(decoder.decode(data)), secrets: secretsKnown(), ...messageOf(part) });
    }),
  );
  return joined(value, (part) => remembered.get(part)?.text ?? '');
};

const joined = (value: unknown, textOf: (part: object) => string): string => {
  if (value === undefined) return '{"lc":2,"type":"undefined"}'; // as the serializer writes it
  if (typeof value !== 'object' || value === null) return redactDocument(JSON.stringify(value));
  if (Array.isArray(value)) return `[${value.map((item) => (Array.isArray(item) ? textOf(item) : joined(item, textOf))).join(',')}]`;
  if (!isCheckpoint(value)) return textOf(value);
  const { channel_values: channels, ...rest } = value;
  const values = entries(channels, (one) => joined(one, textOf));
  return `{${entries(rest, (one) => (isObject(one) ? textOf(one) : joined(one, textOf)))},"channel_values":{${values}}}`;
};

const entries = (of: object, textOf: (value: unknown) => string): string =>
  Object.entries(of).map(([key, value]) => `${JSON.stringify(key)}:${textOf(value)}`).join(','); // prettier-ignore

/** What LangGraph keeps beside the values: it writes into it, or may do so one day. */
const bookkeepingOf = (value: object): object[] => {
  if (!isCheckpoint(value)) return [];
  const { channel_values: _, ...rest } = value;
  return Object.values(rest).filter(isObject);
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isCheckpoint = (value: object): value is { channel_values: object } =>
  'channel_values' in value && 'channel_versions' in value && isObject(value.channel_values);

type Remembered = { text: string; secrets: number; id?: unknown; content?: unknown };
const remembered = new WeakMap<object, Remembered>();

/** A message gets its id when it has come into the state. */
const messageOf = (part: object): Pick<Remembered, 'id' | 'content'> =>
  part instanceof BaseMessage ? { id: part.id, content: part.content } : {};

const isRemembered = (part: object): boolean => {
  const known = remembered.get(part);
  const { id, content } = messageOf(part);
  return known !== undefined && known.secrets === secretsKnown() && known.id === id && known.content === content;
};
