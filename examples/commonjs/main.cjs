const { createStagingGraph, parseConfig, StagingError } = require('langgraph-staging');
const { openSimulatedPorts, storefront } = require('langgraph-staging/scenario');
const { keptn } = require('langgraph-staging/gates');

const main = async () => {
  const config = parseConfig(storefront);
  const graph = createStagingGraph({ config, ports: openSimulatedPorts({ config }), simulated: true });
  const thread = { configurable: { thread_id: 'release-1' } };
  const state = await graph.invoke({ messages: [{ role: 'user', content: 'ship storefront v2.2.0 to staging' }] }, thread);
  console.log(state.messages.at(-1).text);

  // Whoever imports the package elsewhere in the same program gets errors that are instances of the class here as well.
  const imported = await import('langgraph-staging');
  try {
    imported.parseConfig({});
  } catch (error) {
    console.log(error instanceof StagingError, error.code);
  }
  console.log(typeof keptn.judge);
};

main();
