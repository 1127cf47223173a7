import { HumanMessage, SystemMessage, ToolMessage, type AIMessage, type BaseMessage } from '@langchain/core/messages';
import { same } from '../blackboard/merge.js';
import { reason, StagingError } from '../catalog/errors.js';
import type { ToolName } from '../catalog/tools.js';
import { askModel, type Askable } from './ask-models.js';
import type { NamedModel } from './chat-model.js';
import { fence } from './fence.js';
import { holdReason, modelTools, withTools } from './model-tools.js';
import { openingMessages, type Done } from './prompt.js';
import type { RequiredCall } from './required-calls.js';
import type { RoutineRun } from './run-routine.js';
import type { Report } from './settle.js';

/** Developing a feature takes more looks and edits than anything else. */
const maxTurns = { usual: 16, developing: 48 };
/** So many turns in a row with nothing but refused calls, or with the very same calls, are no conversation any more. */
const maxIdleTurns = 3;

/**
 * The conversation: at most `maxTurns` answers, every call checked, every answer recorded. `done` is what code did before it. A model that gives no answer that can be
 * used, or that gets nowhere, is given up; the fallback model, where one is configured, begins anew. When none is left, the runbook
 * goes on or the release stops, as `whenModelIsDown` says. Throws MODEL_UNREACHABLE, LIMIT_REACHED.
 */
export const converse = async (run: RoutineRun, calls: readonly RequiredCall[], done: readonly Done[]): Promise<Report> => {
  const { model, fallback, config } = run.context;
  const down: string[] = [];
  for (const named of fallback === null || model.name === 'runbook' ? [model] : [model, fallback]) {
    run.answering = named.name;
    const ended = await converseWith(run, { calls, done }, named, down.length === 0 ? [] : [named.name]);
    if (!('down' in ended)) return { ...ended, by: named.name };
    down.push(ended.down);
    run.tell('model', `given up: ${ended.down}`);
  }
  const why = down.join('; then ');
  if (config.whenModelIsDown === 'stop') throw new StagingError('MODEL_UNREACHABLE', `Failed to get an answer from the model: ${why}.`);
  run.answering = 'runbook';
  return { summary: `The runbook took the required steps, because no model was there: ${why}.`, hold: false, by: 'runbook' };
};

type Ended = Omit<Report, 'by'> | { down: string };

type Work = { calls: readonly RequiredCall[]; done: readonly Done[] };

const converseWith = async (run: RoutineRun, { calls, done }: Work, named: NamedModel, key: readonly string[]): Promise<Ended> => {
  const { context, routine, event } = run;
  const offered = modelTools(routine, context.config.toolPolicy);
  const { system, human } = await openingMessages({
    routine,
    request: context.request,
    board: context.board,
    calls: calls.filter((call) => offered.names.includes(call.tool)),
    tools: offered.names,
    done,
    why: event.reason,
    nonce: context.nonce,
  });
  const messages: BaseMessage[] = [new SystemMessage(system), new HumanMessage(human)];
  const model = await open(named, offered);
  if ('down' in model) return model;
  const idle = countIdleTurns((call, at) => refusalOf(run, calls, { ...call, at }));
  const most = context.request.develop !== undefined && routine === 'feature-development-routine' ? maxTurns.developing : maxTurns.usual;
  for (let turn = 0; turn < most; turn += 1) {
    const answered = await askModel(run, named, model, messages, [event.id, 'model', ...key, turn]);
    if ('down' in answered) return answered;
    const { message, at } = answered;
    messages.push(message);
    if (!message.tool_calls?.length) return { summary: message.text, hold: false };
    const stuck = idle(message, at);
    if (stuck !== null) return { down: `${named.name}: ${stuck}` };
    for (const [index, call] of message.tool_calls.entries()) {
      const why = holdReason(call);
      if (why !== null) return { summary: why, hold: true };
      const told = await proposed(run, calls, { ...call, at });
      if ('refused' in told) await run.refuse([...key, turn, index].join('-'), call.name, told.refused);
      const content =
        'refused' in told
          ? `Refused: ${told.refused}. You have: ${[...offered.names, 'hold'].join(', ')}.`
          : fence(call.name, JSON.stringify(told.data), context.nonce);
      messages.push(new ToolMessage({ content, tool_call_id: call.id ?? `${turn}-${index}` }));
    }
  }
  return { down: `${named.name}: no conclusion after ${most} turns` };
};

const open = async ({ name, open: opening }: NamedModel, offered: ReturnType<typeof modelTools>): Promise<Askable | { down: string }> => {
  try {
    return withTools(await opening(), offered);
  } catch (error) {
    return { down: `${name}: ${reason(error)}` };
  }
};

type Call = { name: string; args: Record<string, unknown> };

/** Tells, turn by turn, why a conversation gets nowhere; null while it gets somewhere. */
const countIdleTurns = (refusal: (call: Call, at: number) => string | null): ((message: AIMessage, at: number) => string | null) => {
  let [refused, repeated, last] = [0, 0, ''];
  return ({ tool_calls: calls = [] }, at) => {
    refused = calls.every((call) => holdReason(call) === null && refusal(call, at) !== null) ? refused + 1 : 0;
    const asked = JSON.stringify(calls.map(({ name, args }) => [name, args]));
    repeated = asked === last ? repeated + 1 : 1;
    last = asked;
    if (refused >= maxIdleTurns) return `it called what it may not, or wrongly, ${refused} times in a row`;
    return repeated >= maxIdleTurns ? `it repeats itself: the same calls ${repeated} times in a row` : null;
  };
};

/**
 * What a gate is judged by is measured as the routine requires it and once: a suite that is red on the preview does not become green by
 * being asked for somewhere else, and a target that is not there yet does not end the release.
 */
const elsewhere = (calls: readonly RequiredCall[], call: Call): string | null => {
  const steps = calls.filter((step) => step.tool === call.name);
  if (steps.length === 0 || steps.some((step) => same(step.args, call.args))) return null;
  return `here ${call.name} takes ${steps.map((step) => JSON.stringify(step.args)).join(' or ')}`;
};

type Proposed = Call & { at: number };

const refusalOf = (run: RoutineRun, calls: readonly RequiredCall[], { name, args, at }: Proposed): string | null =>
  name === 'hold' ? 'hold needs a reason' : (run.refusal(name, args, at) ?? elsewhere(calls, { name, args }));

/** For a call that is not let through nothing is done, not even what would have to stand before it. */
const proposed = async (
  run: RoutineRun,
  calls: readonly RequiredCall[],
  call: Proposed,
): Promise<{ refused: string } | { data: unknown }> => {
  const refused = refusalOf(run, calls, call);
  if (refused !== null) return { refused };
  await before(run, calls, call);
  try {
    return await run.call(call.name as ToolName, call.args, call.at); // a name that is no tool was refused
  } catch (error) {
    if (error instanceof StagingError && error.code === 'TOOL_REFUSED') return { refused: reason(error) };
    throw error;
  }
};

/** A required step is taken after the required steps that stand before it, whatever order the model prefers. */
const before = async (run: RoutineRun, calls: readonly RequiredCall[], call: Call): Promise<void> => {
  const place = calls.findIndex((step) => step.tool === call.name && same(step.args, call.args));
  for (const step of calls.slice(0, Math.max(0, place))) await run.call(step.tool, step.args);
};
