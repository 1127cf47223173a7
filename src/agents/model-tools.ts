import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessage, type BaseMessage } from '@langchain/core/messages';
import { z } from 'zod';
import { isOffered } from '../catalog/permission.js';
import { routines, type RoutineName } from '../catalog/routines.js';
import type { ToolPolicyConfig } from '../catalog/tool-policy-config.js';
import { tools, type ToolName } from '../catalog/tools.js';

const hold = {
  name: 'hold',
  description: 'Stop the release here and leave the next step to a person. Use it when something looks wrong that no check covers.',
  schema: z.strictObject({ reason: z.string().min(1) }),
};

/** The reason of a well-formed `hold`, or null. */
export const holdReason = ({ name, args }: { name: string; args: unknown }): string | null =>
  name === hold.name ? (hold.schema.safeParse(args).data?.reason ?? null) : null;

/** What a model is offered in a routine: what the row lists and the policy lets its agent's model do, and `hold`, which is always there. */
export const modelTools = (routine: RoutineName, { deny }: Pick<ToolPolicyConfig, 'deny'>) => {
  const row = routines[routine];
  const listed: ToolName[] = [...row.requires, ...row.may];
  const names = listed.filter((tool) => isOffered(row.agent, tool, deny));
  return { names, schemas: [...names.map((name) => ({ name, description: tools[name].does, schema: tools[name].args })), hold] };
};

type Offered = { names: readonly string[]; schemas: { name: string; description: string; schema: z.ZodType }[] };
type BoundModel = { invoke: (messages: BaseMessage[]) => Promise<unknown> };
const bound = new WeakMap<BaseChatModel, Map<string, BoundModel>>();

/** The model with the tools that it is offered. Binding makes a client of its own in some models: it is done once. */
export const withTools = (model: BaseChatModel, { names, schemas }: Offered): BoundModel => {
  const known = bound.get(model) ?? new Map<string, BoundModel>();
  bound.set(model, known);
  const key = names.join(' ');
  const ready = known.get(key) ?? model.bindTools?.(schemas) ?? model;
  if (!known.has(key)) {
    const tokens = tokensAtMost(schemas.map(({ schema, ...tool }) => ({ ...tool, parameters: z.toJSONSchema(schema) })));
    toolTokens.set(ready, Math.max(tokens, toolTokensAtMost(ready))); // some models are the same object with any tools
  }
  known.set(key, ready);
  return ready;
};

/** The most tokens that the tools take in every request to this model. */
export const toolTokensAtMost = (model: object): number => toolTokens.get(model) ?? 0;
const toolTokens = new WeakMap<object, number>();

/** The most tokens that a conversation takes. It is sent anew at every turn, and what is in it does not change: each message is counted once. */
export const messageTokensAtMost = (messages: readonly BaseMessage[]): number => {
  let tokens = 1; // the bracket that ends their list; the comma or bracket before each is its own
  for (const message of messages) {
    const known = messageTokens.get(message) ?? 1 + tokensAtMost([message.text, message instanceof AIMessage ? message.tool_calls : []]);
    messageTokens.set(message, known);
    tokens += known;
  }
  return tokens;
};
const messageTokens = new WeakMap<BaseMessage, number>();

/** No tokeniser makes more tokens of a text than it has bytes; what stands around each message is less than what JSON puts there. */
const tokensAtMost = (sent: unknown): number => Buffer.byteLength(JSON.stringify(sent));
