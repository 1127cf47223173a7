import { readFileSync } from 'node:fs';
import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { AIMessage, HumanMessage, SystemMessage, ToolMessage, type BaseMessage } from '@langchain/core/messages';
import { chat } from './tape-test.js';

/** What one test changes between recording and replaying. */
export type Change = {
  promptFile: string;
  node?: string;
  temperature?: number;
  unit?: { type: string };
  weather?: string;
  ask?: string[];
};

const State = Annotation.Root({ messages: Annotation<BaseMessage[]>({ reducer: (a, b) => a.concat(b), default: () => [] }) });

/** An agent with a prompt file and one tool, which asks the model, calls the tool, and asks again. */
export const weatherAgent = (
  url: string,
  {
    promptFile,
    node = 'forecaster',
    temperature = 0,
    unit = { type: 'string' },
    weather = 'Rain all day.',
    ask = ['Will it rain in Oslo?'],
  }: Change,
) => {
  const tool = {
    type: 'function' as const,
    function: {
      name: 'read_weather',
      description: 'The weather of a city',
      parameters: { type: 'object', properties: { city: { type: 'string' }, unit } },
    },
  };
  const model = chat(url, { temperature }).bindTools([tool]);
  const forecast = async () => {
    const messages: BaseMessage[] = [new SystemMessage(readFileSync(promptFile, 'utf8'))];
    for (const question of ask) {
      messages.push(new HumanMessage(question));
      const first = await model.invoke(messages);
      messages.push(first);
      for (const call of first.tool_calls ?? []) messages.push(new ToolMessage({ content: weather, tool_call_id: call.id! }));
      if (first.tool_calls?.length) messages.push(new AIMessage((await model.invoke(messages)).text));
    }
    return { messages };
  };
  return new StateGraph(State).addNode(node, forecast).addEdge(START, node).addEdge(node, END).compile();
};
