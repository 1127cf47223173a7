import { END, START, StateGraph } from '@langchain/langgraph';
import type { AgentName } from '../catalog/agents.js';
import { agentNode } from './agent-node.js';
import { approval } from './approval.js';
import { destinationsOf, handingOver, type Emitter } from './dispatch.js';
import { orHalt } from './halt.js';
import { intake } from './intake.js';
import type { Runtime } from './runtime.js';
import { soak } from './soak.js';
import { stagingState } from './state.js';
import { swarmEnd } from './swarm-end.js';

/** The topology: an edge for every row of the event table, and nothing else. */
export const buildGraph = (runtime: Runtime) => {
  const to = (emitter: Emitter) => ({ ends: destinationsOf(emitter) });
  const agent = (name: AgentName) => handingOver(name, agentNode(name, runtime));
  return new StateGraph(stagingState)
    .addNode('intake', handingOver('intake', intake(runtime)), to('intake'))
    .addNode('environment_manager', agent('environment_manager'), to('environment_manager'))
    .addNode('feature_developer', agent('feature_developer'), to('feature_developer'))
    .addNode('qa_tester', agent('qa_tester'), to('qa_tester'))
    .addNode('deployment_validator', agent('deployment_validator'), to('deployment_validator'))
    .addNode('monitoring_specialist', agent('monitoring_specialist'), to('monitoring_specialist'))
    .addNode('approval', handingOver('approval', approval(runtime)), to('approval'))
    .addNode('soak', handingOver('soak', orHalt(soak(runtime))), to('soak'))
    .addNode('swarm_end', swarmEnd(runtime))
    .addEdge(START, 'intake')
    .addEdge('swarm_end', END);
};
