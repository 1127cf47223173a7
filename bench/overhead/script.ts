import { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessage, SystemMessage, type BaseMessage } from '@langchain/core/messages';
import type { ChatResult } from '@langchain/core/outputs';
import { MemorySaver } from '@langchain/langgraph';
import { RunbookModel } from '#src/agents/runbook-model.js';
import { createStagingGraph, openSqliteStore } from '#src/index.js';
import { openSimulatedPorts } from '#src/scenario/public.js';
import { nonce, releaseInput, shortConfig } from './release.js';
import { overheard, type Ask } from './world.js';

type Turn = { calls: { name: string; args: Record<string, unknown>; result: string }[]; asks: readonly Ask[] };

/** What one routine says to its model and hears from it, and what its tools ask of the adapters: the same for every contender. */
export type Conversation = { id: string; system: string; human: string; tools: ToolSpec[]; turns: Turn[]; summary: string };
type ToolSpec = { name: string; description: string; schema: unknown };

/** Plays one release with the runbook model and writes down every conversation, call by call. */
export const recordScript = async (): Promise<Conversation[]> => {
  const heard = new Map<string, Heard>();
  const config = shortConfig();
  /** What was asked of the adapters after each answer that calls tools, until the next one. */
  const work: Ask[][] = [[]];
  const ports = overheard(openSimulatedPorts({ config }), (ask) => work.at(-1)?.push(ask));
  const model = new Listener(heard, () => work.push([]));
  const store = openSqliteStore(':memory:');
  const graph = createStagingGraph({ config, ports, store, model, checkpointer: new MemorySaver(), simulated: true, nonce, inTurn: true });
  const state = await graph.invoke(releaseInput(), { configurable: { thread_id: 'script' } });
  await store.close();
  if (state.outcome !== 'promoted') throw new Error(`the release that is measured must be promoted: ${state.outcomeReason}`);
  const [first = [], ...rest] = work;
  const asks = rest.map((one, place) => (place === 0 ? [...first, ...one] : one));
  return [...heard.values()].map(({ messages, tools }, index) => conversationOf(`c${index}`, messages, tools, asks));
};

type Heard = { messages: BaseMessage[]; tools: ToolSpec[] };

/** Takes what its tools ask from the front of `asks`. */
const conversationOf = (id: string, messages: readonly BaseMessage[], tools: ToolSpec[], asks: Ask[][]): Conversation => {
  const results = new Map(messages.flatMap((message) => ('tool_call_id' in message ? [[String(message.tool_call_id), message.text]] : [])));
  const answers = messages.filter((message) => AIMessage.isInstance(message));
  const turns = answers.flatMap((answer) =>
    answer.tool_calls?.length
      ? [
          {
            calls: answer.tool_calls.map(({ name, args, id: call = '' }) => ({ name, args, result: results.get(call) ?? '' })),
            asks: asks.shift() ?? [],
          },
        ]
      : [],
  );
  return { id, system: messages[0]?.text ?? '', human: messages[1]?.text ?? '', tools, turns, summary: answers.at(-1)?.text ?? '' };
};

/** The runbook model, overheard. */
class Listener extends BaseChatModel {
  private tools: ToolSpec[] = [];

  constructor(
    private readonly heard: Map<string, Heard>,
    private readonly calls: () => void,
  ) {
    super({});
  }

  override _llmType(): string {
    return 'runbook';
  }

  override getName(): string {
    return 'openai:bench';
  }

  override bindTools(tools: unknown[]): this {
    const bound = new Listener(this.heard, this.calls);
    bound.tools = tools as ToolSpec[]; // the shape in which `modelTools` gives them
    return bound as this;
  }

  override async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const answered = await new RunbookModel()._generate(messages);
    const { message } = answered.generations[0] ?? { message: new AIMessage('') };
    const key = messages.find((one) => SystemMessage.isInstance(one))?.text + (messages[1]?.text ?? '');
    if (AIMessage.isInstance(message) && message.tool_calls?.length) this.calls();
    this.heard.set(key, { messages: [...messages, message], tools: this.tools });
    return answered;
  }
}
