import { AIMessage, HumanMessage, SystemMessage, ToolMessage, type BaseMessage, type UsageMetadata } from '@langchain/core/messages';
import { same } from '../blackboard/merge.js';
import { reason, StagingError } from '../catalog/errors.js';
import { creditsOf } from '../catalog/prices.js';
import type { ToolName } from '../catalog/tools.js';
import { maxOutputTokens } from './chat-model.js';
import { fence } from './fence.js';
import { modelTools, refusal, tokensAtMost, toolTokensAtMost, withTools } from './model-tools.js';
import { openingMessages } from './prompt.js';
import type { RequiredCall } from './required-calls.js';
import type { RoutineRun } from './run-routine.js';
import type { Report } from './settle.js';

const maxTurns = 16;

/** The conversation: at most `maxTurns` answers, every call checked, every answer recorded. */
export const converse = async (run: RoutineRun, calls: readonly RequiredCall[]): Promise<Report> => {
  const { context, routine, event } = run;
  const offered = modelTools(routine);
  const { system, human } = await openingMessages({
    routine,
    request: context.request,
    board: context.board,
    calls: calls.filter((call) => offered.names.includes(call.tool)),
    tools: offered.names,
    why: event.reason,
    nonce: context.nonce,
  });
  const messages: BaseMessage[] = [new SystemMessage(system), new HumanMessage(human)];
  const model = withTools(await context.model.open(), routine);
  for (let turn = 0; turn < maxTurns; turn += 1) {
    const answer = await ask(run, model, messages, turn);
    messages.push(answer);
    if (!answer.tool_calls?.length) return { summary: answer.text, hold: false };
    for (const [index, call] of answer.tool_calls.entries()) {
      const refused = refusal(routine, call.name, call.args) ?? elsewhere(calls, call);
      if (call.name === 'hold' && refused === null) return { summary: String(call.args['reason']), hold: true };
      if (refused === null) await before(run, calls, call);
      const content = refused ?? fence(call.name, JSON.stringify((await run.call(call.name as ToolName, call.args)).data), context.nonce); // `refusal` let only offered names through
      messages.push(new ToolMessage({ content, tool_call_id: call.id ?? `${turn}-${index}` }));
    }
  }
  return { summary: `No conclusion after ${maxTurns} turns.`, hold: false };
};

/**
 * What a gate is judged by is measured as the routine requires it and once: a suite that is red on the preview does not become green by
 * being asked for somewhere else, and a target that is not there yet does not end the release.
 */
const elsewhere = (calls: readonly RequiredCall[], call: { name: string; args: Record<string, unknown> }): string | null => {
  const steps = calls.filter((step) => step.tool === call.name);
  if (steps.length === 0 || steps.some((step) => same(step.args, call.args))) return null;
  return `Refused: here ${call.name} takes ${steps.map((step) => JSON.stringify(step.args)).join(' or ')}.`;
};

/** A required step is taken after the required steps that stand before it, whatever order the model prefers. */
const before = async (
  run: RoutineRun,
  calls: readonly RequiredCall[],
  call: { name: string; args: Record<string, unknown> },
): Promise<void> => {
  const place = calls.findIndex((step) => step.tool === call.name && same(step.args, call.args));
  for (const step of calls.slice(0, Math.max(0, place))) await run.call(step.tool, step.args);
};

type StoredAnswer = {
  content: AIMessage['content'];
  tool_calls: NonNullable<AIMessage['tool_calls']>;
  usage: { input: number; output: number };
};

const ask = async (
  run: RoutineRun,
  model: { invoke: (messages: BaseMessage[]) => Promise<unknown> },
  messages: BaseMessage[],
  turn: number,
): Promise<AIMessage> => {
  const { context, event } = run;
  const input = toolTokensAtMost(run.routine) + tokensAtMost(messages.map((message) => [message.text, callsIn(message)]));
  const reservedCredits = creditsOf(context.model.name, { input, output: maxOutputTokens }, context.config.prices);
  const { value } = await run.operations.once<StoredAnswer>({
    parts: [event.id, 'model', turn],
    name: `model:${context.model.name}`,
    reservedCredits,
    maxCredits: context.config.limits.maxCredits,
    run: async () => {
      const answer = await invoke(model, messages, context.model.name);
      const tokens = answer.usage_metadata as UsageMetadata | undefined; // its own type depends on a structure that is not known here
      const usage = { input: tokens?.input_tokens ?? 0, output: tokens?.output_tokens ?? 0 };
      return { content: answer.content, tool_calls: answer.tool_calls ?? [], usage };
    },
    cost: ({ usage }) => ({
      inputTokens: usage.input,
      outputTokens: usage.output,
      credits: creditsOf(context.model.name, usage, context.config.prices),
    }),
  });
  return new AIMessage({ content: value.content, tool_calls: value.tool_calls });
};

const callsIn = (message: BaseMessage): unknown => (message instanceof AIMessage ? message.tool_calls : []);

const invoke = async (
  model: { invoke: (messages: BaseMessage[]) => Promise<unknown> },
  messages: BaseMessage[],
  name: string,
): Promise<AIMessage> => {
  const answer = await model.invoke(messages).catch((error: unknown) => {
    throw new StagingError('MODEL_UNREACHABLE', `Failed to ask the model ${name}: ${reason(error)}.`, { cause: error });
  });
  if (!(answer instanceof AIMessage))
    throw new StagingError('MODEL_UNREACHABLE', `Failed to read the answer of ${name}: it is no message.`);
  return answer;
};
