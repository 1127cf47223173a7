import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import type { BaseMessage } from '@langchain/core/messages';
import { z } from 'zod';
import { runtimeOnly, toolPolicy, type ActionClass } from '../catalog/policy.js';
import { routines, type RoutineName } from '../catalog/routines.js';
import { tools, type ToolName } from '../catalog/tools.js';

const hold = {
  name: 'hold',
  description: 'Stop the release here and leave the next step to a person. Use it when something looks wrong that no check covers.',
  schema: z.strictObject({ reason: z.string().min(1) }),
};

/** What a model may call in a routine: what the row lists, less what only the runtime does, and `hold`, which is always there. */
export const modelTools = (routine: RoutineName) => {
  const row = routines[routine];
  const listed: ToolName[] = [...row.requires, ...row.may];
  const names = listed.filter((tool) => !runtimeOnly.includes(tools[tool].action));
  return { names, schemas: [...names.map((name) => ({ name, description: tools[name].does, schema: tools[name].args })), hold] };
};

type BoundModel = { invoke: (messages: BaseMessage[]) => Promise<unknown> };
const bound = new WeakMap<BaseChatModel, Map<RoutineName, BoundModel>>();

/** The model with the routine's tools. Binding makes a client of its own in some models: it is done once. */
export const withTools = (model: BaseChatModel, routine: RoutineName): BoundModel => {
  const known = bound.get(model) ?? new Map<RoutineName, BoundModel>();
  bound.set(model, known);
  const ready = known.get(routine) ?? model.bindTools?.(modelTools(routine).schemas) ?? model;
  known.set(routine, ready);
  return ready;
};

/** The most tokens that the offered tools take in a request, see `tokensAtMost`. */
export const toolTokensAtMost = (routine: RoutineName): number => {
  const known = toolTokens.get(routine);
  if (known !== undefined) return known;
  const tokens = tokensAtMost(modelTools(routine).schemas.map(({ schema, ...tool }) => ({ ...tool, parameters: z.toJSONSchema(schema) })));
  toolTokens.set(routine, tokens);
  return tokens;
};
const toolTokens = new Map<RoutineName, number>();

/** No tokeniser makes more tokens of a text than it has bytes; what stands around each message is less than what JSON puts there. */
export const tokensAtMost = (sent: unknown): number => Buffer.byteLength(JSON.stringify(sent));

/** Default deny, checked on every call: null lets it through, a sentence tells the model why not. */
export const refusal = (routine: RoutineName, name: string, args: unknown): string | null => {
  if (name === 'hold') return hold.schema.safeParse(args).success ? null : 'Refused: hold needs a reason.';
  const { names } = modelTools(routine);
  const tool = names.find((known) => known === name);
  if (tool === undefined) return `Refused: ${routine} has no tool "${name}". It has: ${[...names, 'hold'].join(', ')}.`;
  const allowed: readonly ActionClass[] = toolPolicy[routines[routine].agent];
  if (!allowed.includes(tools[tool].action)) return `Refused: ${routines[routine].agent} may not ${tools[tool].action}.`;
  const parsed = tools[tool].args.safeParse(args);
  return parsed.success
    ? null
    : `Refused: ${parsed.error.issues[0]?.path.join('.') ?? ''} ${parsed.error.issues[0]?.message ?? 'invalid arguments'}.`;
};
