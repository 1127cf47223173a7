import { AIMessage, HumanMessage } from '@langchain/core/messages';
import { Command, MemorySaver, MessagesValue, START, StateGraph, StateSchema } from '@langchain/langgraph';
import { ToolNode, toolsCondition } from '@langchain/langgraph/prebuilt';
import { createStagingGraph, createStagingTool, parseConfig } from 'langgraph-staging';
import { openSimulatedPorts, storefront } from 'langgraph-staging/scenario';

const config = parseConfig(storefront);
const staging = createStagingGraph({ config, ports: openSimulatedPorts({ config }), simulated: true });
const tool = createStagingTool(staging);

/** In place of a language model, so that the example needs no key: asks for a release, then tells what came of it. */
const model = ({ messages }) => {
  const last = messages.at(-1);
  if (last.type === 'tool') return { messages: [new AIMessage(`It is ${JSON.parse(last.text).outcome}.`)] };
  return { messages: [new AIMessage({ content: '', tool_calls: [{ id: 'call-1', name: tool.name, args: { request: last.text } }] })] };
};

const agent = new StateGraph(new StateSchema({ messages: MessagesValue }))
  .addNode('model', model)
  .addNode('tools', new ToolNode([tool]))
  .addEdge(START, 'model')
  .addConditionalEdges('model', toolsCondition)
  .addEdge('tools', 'model')
  .compile({ checkpointer: new MemorySaver() });

const thread = { configurable: { thread_id: 'conversation-1' } };
const asked = await agent.invoke(
  { messages: [new HumanMessage('ship storefront v2.2.0 to staging, promote it if it is healthy')] },
  thread,
);

// The tool call has not returned: it waits for a person, and goes on with the answer.
const { question, digest } = asked.__interrupt__[0].value;
console.log(question);
const done = await agent.invoke(new Command({ resume: { digest, decision: 'approved', by: 'owner' } }), thread);
for (const message of done.messages.slice(-2)) console.log(`${message.type}: ${message.text}`);

// The release outlives the call: its id finds it again.
const { release } = JSON.parse(done.messages.at(-2).text);
console.log(JSON.parse(await tool.invoke({ release, request: 'where does it stand?' })).says);
