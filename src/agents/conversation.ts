import { HumanMessage, SystemMessage, ToolMessage, type AIMessage, type BaseMessage } from '@langchain/core/messages';
import { same } from '../blackboard/merge.js';
import { reason, StagingError } from '../catalog/errors.js';
import type { ToolName } from '../catalog/tools.js';
import { askModel, type Askable } from './ask-models.js';
import type { NamedModel } from './chat-model.js';
import { fence } from './fence.js';
import { modelTools, refusal, withTools } from './model-tools.js';
import { openingMessages } from './prompt.js';
import type { RequiredCall } from './required-calls.js';
import type { RoutineRun } from './run-routine.js';
import type { Report } from './settle.js';

const maxTurns = 16;
/** So many turns in a row with nothing but refused calls, or with the very same calls, are no conversation any more. */
const maxIdleTurns = 3;

/**
 * The conversation: at most `maxTurns` answers, every call checked, every answer recorded. A model that gives no answer that can be
 * used, or that gets nowhere, is given up; the fallback model, where one is configured, begins anew. When none is left, the runbook
 * goes on or the release stops, as `whenModelIsDown` says. Throws MODEL_UNREACHABLE, LIMIT_REACHED.
 */
export const converse = async (run: RoutineRun, calls: readonly RequiredCall[]): Promise<Report> => {
  const { model, fallback, config } = run.context;
  const down: string[] = [];
  for (const named of fallback === null || model.name === 'runbook' ? [model] : [model, fallback]) {
    run.answering = named.name;
    const ended = await converseWith(run, calls, named, down.length === 0 ? [] : [named.name]);
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

const converseWith = async (run: RoutineRun, calls: readonly RequiredCall[], named: NamedModel, key: readonly string[]): Promise<Ended> => {
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
  const model = await open(named, routine);
  if ('down' in model) return model;
  const idle = countIdleTurns((call) => refusal(routine, call.name, call.args) ?? elsewhere(calls, call));
  for (let turn = 0; turn < maxTurns; turn += 1) {
    const answered = await askModel(run, named, model, messages, [event.id, 'model', ...key, turn]);
    if ('down' in answered) return answered;
    const { message } = answered;
    messages.push(message);
    if (!message.tool_calls?.length) return { summary: message.text, hold: false };
    const stuck = idle(message);
    if (stuck !== null) return { down: `${named.name}: ${stuck}` };
    for (const [index, call] of message.tool_calls.entries()) {
      const refused = refusal(routine, call.name, call.args) ?? elsewhere(calls, call);
      if (call.name === 'hold' && refused === null) return { summary: String(call.args['reason']), hold: true };
      if (refused === null) await before(run, calls, call);
      const content = refused ?? fence(call.name, JSON.stringify((await run.call(call.name as ToolName, call.args)).data), context.nonce); // `refusal` let only offered names through
      messages.push(new ToolMessage({ content, tool_call_id: call.id ?? `${turn}-${index}` }));
    }
  }
  return { down: `${named.name}: no conclusion after ${maxTurns} turns` };
};

const open = async ({ name, open: opening }: NamedModel, routine: RoutineRun['routine']): Promise<Askable | { down: string }> => {
  try {
    return withTools(await opening(), routine);
  } catch (error) {
    return { down: `${name}: ${reason(error)}` };
  }
};

type Call = { name: string; args: Record<string, unknown> };

/** Tells, turn by turn, why a conversation gets nowhere; null while it gets somewhere. */
const countIdleTurns = (refusalOf: (call: Call) => string | null): ((message: AIMessage) => string | null) => {
  let [refused, repeated, last] = [0, 0, ''];
  return ({ tool_calls: calls = [] }) => {
    refused = calls.every((call) => refusalOf(call) !== null) ? refused + 1 : 0;
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
  return `Refused: here ${call.name} takes ${steps.map((step) => JSON.stringify(step.args)).join(' or ')}.`;
};

/** A required step is taken after the required steps that stand before it, whatever order the model prefers. */
const before = async (run: RoutineRun, calls: readonly RequiredCall[], call: Call): Promise<void> => {
  const place = calls.findIndex((step) => step.tool === call.name && same(step.args, call.args));
  for (const step of calls.slice(0, Math.max(0, place))) await run.call(step.tool, step.args);
};
