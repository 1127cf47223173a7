import { createStagingGraph, parseConfig } from 'langgraph-staging';
import { openSimulatedPorts, storefront } from 'langgraph-staging/scenario';

let created;

/** One graph for all runs, created with the first: loading this file reads nothing. The server keeps the checkpoints. */
export const graph = () => (created ??= create());

const create = () => {
  const config = parseConfig(storefront);
  return createStagingGraph({ config, ports: openSimulatedPorts({ config }), simulated: true });
};
