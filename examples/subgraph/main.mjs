import { AIMessage, HumanMessage } from '@langchain/core/messages';
import { Command, END, MemorySaver, MessagesValue, START, StateGraph, StateSchema } from '@langchain/langgraph';
import { createStagingGraph, parseConfig } from 'langgraph-staging';
import { openSimulatedPorts, storefront } from 'langgraph-staging/scenario';

// The simulated world, so that this takes a second. `openLocalPorts` of 'langgraph-staging/adapters/local' releases for real.
const config = parseConfig(storefront);
const staging = createStagingGraph({ config, ports: openSimulatedPorts({ config }), simulated: true });

const conversation = new StateSchema({ messages: MessagesValue });

/** The inner graph shares its `messages` with the staging graph, */
const releases = new StateGraph(conversation).addNode('staging', staging).addEdge(START, 'staging').addEdge('staging', END).compile();

/** and the outer one with the inner: its checkpointer serves all three. */
const desk = new StateGraph(conversation)
  .addNode('greet', () => ({ messages: [new AIMessage('At your service.')] }))
  .addNode('releases', releases)
  .addEdge(START, 'greet')
  .addEdge('greet', 'releases')
  .addEdge('releases', END)
  .compile({ checkpointer: new MemorySaver() });

// A release takes more steps than the 25 that LangGraph allows by itself.
const thread = { configurable: { thread_id: 'desk-1' }, recursionLimit: 1_000 };
const asked = await desk.invoke({ messages: [new HumanMessage('ship storefront v2.2.0 to staging, promote it if it is healthy')] }, thread);

// The question has come up through both graphs. The answer carries its digest: it approves what was shown, and nothing else.
const question = asked.__interrupt__[0].value;
console.log(question.question, question.gates.map(({ gate, outcome }) => `${gate} ${outcome}`).join(', '));
const done = await desk.invoke(new Command({ resume: { digest: question.digest, decision: 'approved', by: 'owner' } }), thread);

for (const message of done.messages) console.log(`${message.name ?? message.type}: ${message.text}`);
