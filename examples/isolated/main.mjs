import { HumanMessage } from '@langchain/core/messages';
import { Command, END, MemorySaver, START, StateGraph, StateSchema } from '@langchain/langgraph';
import { createStagingGraph, parseConfig } from 'langgraph-staging';
import { openSimulatedPorts, storefront } from 'langgraph-staging/scenario';
import { z } from 'zod';

const config = parseConfig(storefront);
const staging = createStagingGraph({ config, ports: openSimulatedPorts({ config }), simulated: true });

/** The host has words of its own; nothing of the blackboard gets into its state. */
const train = new StateSchema({ version: z.string(), outcome: z.string().nullable().default(null), shipped: z.boolean().default(false) });

const host = new StateGraph({
  state: train,
  input: new StateSchema({ version: z.string() }),
  output: new StateSchema({ shipped: z.boolean() }),
})
  .addNode('release', async ({ version }, runtime) => {
    const wish = `ship storefront ${version} to staging, promote it if it is healthy`;
    // The host's config makes it a subgraph: its checkpoints and its questions are the host's.
    const { outcome } = await staging.invoke({ messages: [new HumanMessage(wish)] }, runtime);
    return { outcome };
  })
  .addNode('tell', ({ outcome }) => ({ shipped: outcome === 'promoted' }))
  .addEdge(START, 'release')
  .addEdge('release', 'tell')
  .addEdge('tell', END)
  .compile({ checkpointer: new MemorySaver() });

const thread = { configurable: { thread_id: 'train-7' }, recursionLimit: 1_000 };
const asked = await host.invoke({ version: 'v2.2.0' }, thread);
const { question, digest } = asked.__interrupt__[0].value;
console.log(question);
console.log(await host.invoke(new Command({ resume: { digest, decision: 'approved', by: 'owner' } }), thread));
