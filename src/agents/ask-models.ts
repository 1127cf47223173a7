import { AIMessage, type BaseMessage } from '@langchain/core/messages';
import { AsyncLocalStorageProviderSingleton } from '@langchain/core/singletons';
import type { JournalEntry } from '../blackboard/store.js';
import { reason } from '../catalog/errors.js';
import { creditsOf } from '../catalog/prices.js';
import { systemClock } from '../tools/system-clock.js';
import { maxOutputTokens, type NamedModel } from './chat-model.js';
import { messageTokensAtMost, toolTokensAtMost } from './model-tools.js';
import { troubleIn, troubleOf, usageOf, type Trouble, type Usage } from './read-answer.js';
import type { Operations } from './operations.js';
import type { RoutineContext } from './routine-context.js';
import type { RoutineRun } from './run-routine.js';
import { traced } from './traced.js';

type StoredAnswer = {
  content: AIMessage['content'];
  tool_calls: NonNullable<AIMessage['tool_calls']>;
  usage: Usage;
};
type StoredTrouble = Trouble & { usage: Usage };

/** A language model as it is asked: anything that takes messages. */
export type Askable = { invoke: (messages: BaseMessage[], options?: { signal: AbortSignal }) => Promise<unknown> };
/** `at` is when it was there: the same whenever it is read back. */
export type Answered = { message: AIMessage; at: number } | { down: string };

/** Who asks, as far as a model's answer depends on it: a routine's run is one. */
export type Asking = Pick<RoutineRun, 'tell'> & {
  entry: (...given: Parameters<RoutineRun['entry']>) => JournalEntry;
  operations: Operations;
  context: {
    releaseId: string;
    config: Pick<RoutineContext['config'], 'prices' | 'limits' | 'modelLimits'>;
    ports: { clock: RoutineContext['ports']['clock'] };
  };
};

/**
 * Asks a model for its next answer, a few times where it gives none that can be used (`modelLimits`): after a wait that doubles, or
 * that the provider names. Every try is an operation of its own, reserved before and counted after. A try that failed before a crash
 * or a stop is read back, and does not count again. Throws LIMIT_REACHED.
 */
export const askModel = async (
  run: Asking,
  named: NamedModel,
  model: Askable,
  messages: BaseMessage[],
  parts: readonly unknown[],
): Promise<Answered> => {
  const { tries, retryAfterMs, maxWaitMs } = run.context.config.modelLimits;
  const troubles: string[] = [];
  for (let place = 0; troubles.length < tries; place += 1) {
    const { value, at, repeated } = await ask(run, named, model, messages, place === 0 ? parts : [...parts, place]);
    if (!('trouble' in value)) return { message: new AIMessage({ content: value.content, tool_calls: value.tool_calls }), at };
    if (repeated) continue;
    troubles.push(value.trouble);
    const waitMs = value.retryAfterMs ?? retryAfterMs * 2 ** (troubles.length - 1);
    if (!value.again || waitMs > maxWaitMs) {
      if (value.again) troubles.push(`it wants to be left alone for ${Math.ceil(waitMs / 1_000)} s`);
      break;
    }
    if (troubles.length === tries) break;
    run.tell('model', `${named.name}: ${value.trouble}; asked again in ${waitMs} ms`);
    await run.context.ports.clock.sleep(waitMs);
  }
  return { down: `${named.name}: ${[...new Set(troubles)].join('; ')}` };
};

const ask = (run: Asking, { name }: NamedModel, model: Askable, messages: BaseMessage[], parts: readonly unknown[]) => {
  const { context } = run;
  const { prices, limits, modelLimits } = context.config;
  const input = toolTokensAtMost(model) + messageTokensAtMost(messages);
  const most = { input, output: maxOutputTokens };
  const reservedCredits = creditsOf(name, most, prices);
  return run.operations.once<StoredAnswer | StoredTrouble>({
    parts,
    name: `model:${name}`,
    reservedCredits,
    maxCredits: limits.maxCredits,
    run: () =>
      traced(
        { kind: 'model', release: context.releaseId, model: name },
        async () => {
          const answer = await invoke(model, messages, modelLimits.timeoutMs).catch((error: unknown) => new Failure(error));
          if (answer === silent) return { trouble: `no answer within ${modelLimits.timeoutMs / 1_000} s`, again: true, usage: most }; // it may be charged for
          if (answer instanceof Failure) {
            if (isEndedByCaller(answer.cause)) throw answer.cause;
            return { ...troubleOf(answer.cause, reason(answer.cause)), usage: none };
          }
          const usage = usageOf(answer) ?? none;
          const trouble = troubleIn(answer);
          if (trouble !== null) return { ...trouble, usage };
          const { content, tool_calls = [] } = answer as AIMessage; // looked at just now
          return { content, tool_calls, usage };
        },
        usageTold,
      ),
    cost: ({ usage }) => ({ inputTokens: usage.input, outputTokens: usage.output, credits: creditsOf(name, usage, prices) }),
    entries: (value) =>
      'trouble' in value ? [run.entry(`${JSON.stringify(parts)}:trouble`, 'note', 'model', `${name}: ${value.trouble}`)] : [],
  });
};

const usageTold = (value: StoredAnswer | StoredTrouble) => ({
  'gen_ai.usage.input_tokens': value.usage.input,
  'gen_ai.usage.output_tokens': value.usage.output,
  ...('trouble' in value && { 'error.type': 'unusable_answer' }),
});

const none: Usage = { input: 0, output: 0 };
const silent = Symbol('no answer in time');

class Failure {
  constructor(readonly cause: unknown) {}
}

/** The provider answers in real time, whatever clock the release lives by; a call that is given up is cancelled. */
const invoke = async (model: Askable, messages: BaseMessage[], timeoutMs: number): Promise<unknown> => {
  const over = new AbortController();
  const { signal: callers } = (AsyncLocalStorageProviderSingleton.getRunnableConfig() ?? {}) as { signal?: AbortSignal }; // LangChain's own; whoever runs the graph may end it, too
  const end = (): void => over.abort(callers?.reason);
  let stop: () => void = () => undefined;
  const late = new Promise<typeof silent>((rings) => {
    stop = systemClock.alarm(timeoutMs, () => {
      rings(silent);
      over.abort();
    });
  });
  if (callers?.aborted) end();
  callers?.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([model.invoke(messages, { signal: over.signal }), late]);
  } finally {
    stop();
    callers?.removeEventListener('abort', end);
  }
};

/** Whoever runs the graph has ended it: that is no fault of the model. */
const isEndedByCaller = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';
