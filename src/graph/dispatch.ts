import { END } from '@langchain/langgraph';
import { agentNames, type AgentName } from '../catalog/agents.js';
import { eventTopics, type EventTopic } from '../catalog/events.js';
import { emittersOf, handlerOf } from '../catalog/flow.js';
import { routineNames, routines } from '../catalog/routines.js';
import type { PendingEvent, StagingState } from './state.js';

/** Who hands over: an agent, or one of the nodes that stand for the world outside the routines. */
export type Emitter = AgentName | 'intake' | 'approval' | 'soak';
export type Destination = AgentName | 'approval' | 'soak' | 'swarm_end' | typeof END;

/** Who may leave the release waiting: the approval itself too, when an answer decided nothing. */
const asking: readonly Emitter[] = ['intake', 'deployment_validator', 'approval'];

const ends: readonly EventTopic[] = ['swarm/completed', 'swarm/failed'];

/** Where a node hands over to: whoever handles the events that it emitted. The intake takes up whatever is pending. */
export const dispatchFrom =
  (emitter: Emitter) =>
  (state: StagingState): Destination[] => {
    if (state.releaseId === null || state.halt !== null || state.outcome !== null) return [END];
    const mine = state.events.filter((event) => emitter === 'intake' || emitterOf(event) === emitter);
    const agents = [...new Set(mine.filter(isPending).map(agentOf))];
    if (agents.length > 0) return agents;
    if (state.waiting !== null && asking.includes(emitter)) return [state.waiting.kind];
    return mine.some((event) => ends.includes(event.topic)) ? ['swarm_end'] : [END];
  };

const waitsOf: Partial<Record<Emitter, Destination[]>> = { deployment_validator: ['approval', 'soak'], approval: ['approval'] };

/** Where it could ever hand over to: the rows of the event table, as the graph draws them. */
export const destinationsOf = (emitter: Emitter): Destination[] => {
  if (emitter === 'intake') return [...agentNames, 'approval', 'soak', 'swarm_end', END];
  const topics = eventTopics.filter((topic) => emittersOf(topic).some((name) => nodeOf(name) === emitter));
  const handlers = topics.flatMap((topic) => handlerOf(topic) ?? []).map((routine) => routines[routine].agent);
  const waits = waitsOf[emitter] ?? [];
  const end: Destination[] = topics.some((topic) => ends.includes(topic)) ? ['swarm_end'] : [];
  return [...new Set<Destination>([...handlers, ...waits, ...end, END])];
};

const isPending = (event: PendingEvent): boolean => !event.handled && handlerOf(event.topic) !== null;

/** Events that a routine handles and none has handled yet, oldest first. */
export const pending = (state: StagingState): PendingEvent[] => state.events.filter(isPending);

export const agentOf = (event: PendingEvent): AgentName => {
  const routine = handlerOf(event.topic);
  if (routine === null) throw new Error(`nobody handles ${event.topic}`);
  return routines[routine].agent;
};

const emitterOf = (event: PendingEvent): Emitter => nodeOf(event.emittedBy);

/** The node behind an emitter's name; the watcher lives in the soak node. */
const nodeOf = (emittedBy: string): Emitter => {
  const routine = routineNames.find((name) => name === emittedBy);
  if (routine) return routines[routine].agent;
  return emittedBy === 'approval' ? 'approval' : emittedBy === 'request' || emittedBy === 'person' ? 'intake' : 'soak';
};
