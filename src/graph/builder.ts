import { END, START, StateGraph } from '@langchain/langgraph';
import { agentNames } from '../catalog/agents.js';
import { agentNode } from './agent-node.js';
import { approval } from './approval.js';
import { destinationsOf, dispatchFrom } from './dispatch.js';
import { orHalt } from './halt.js';
import { intake } from './intake.js';
import type { Runtime } from './runtime.js';
import { soak } from './soak.js';
import { stagingState } from './state.js';
import { swarmEnd } from './swarm-end.js';

/** The topology: an edge for every row of the event table, and nothing else. */
export const buildGraph = (runtime: Runtime) => {
  const graph = new StateGraph(stagingState)
    .addNode('intake', intake(runtime))
    .addNode('environment_manager', agentNode('environment_manager', runtime))
    .addNode('feature_developer', agentNode('feature_developer', runtime))
    .addNode('qa_tester', agentNode('qa_tester', runtime))
    .addNode('deployment_validator', agentNode('deployment_validator', runtime))
    .addNode('monitoring_specialist', agentNode('monitoring_specialist', runtime))
    .addNode('approval', approval(runtime))
    .addNode('soak', orHalt(soak(runtime)))
    .addNode('swarm_end', swarmEnd(runtime))
    .addEdge(START, 'intake')
    .addEdge('swarm_end', END);
  for (const emitter of emitters) graph.addConditionalEdges(emitter, dispatchFrom(emitter), destinationsOf(emitter));
  return graph;
};

const emitters = ['intake', ...agentNames, 'approval', 'soak'] as const;
