import { AIMessage } from '@langchain/core/messages';
import type { LangGraphRunnableConfig } from '@langchain/langgraph';
import { runRoutine } from '../agents/run-routine.js';
import { agents, type AgentName } from '../catalog/agents.js';
import { StagingError } from '../catalog/errors.js';
import type { EventTopic } from '../catalog/events.js';
import { handlerOf } from '../catalog/flow.js';
import { withCare } from '../rollout/with-care.js';
import { agentOf, pending } from './dispatch.js';
import { haltOf, passesThrough } from './halt.js';
import type { Runtime } from './runtime.js';
import { isStopping, stopped } from './stopping.js';
import { boardOf, type PendingEvent, type StagingState, type StagingUpdate } from './state.js';

/** One node per agent: takes the agent's oldest pending event through its routine. What breaks halts the graph, with everything kept. */
export const agentNode =
  (agent: AgentName, runtime: Runtime) =>
  async (state: StagingState, { control }: LangGraphRunnableConfig): Promise<StagingUpdate> => {
    const event = pending(state).find((one) => agentOf(one) === agent);
    const routine = event && handlerOf(event.topic);
    if (!event || !routine || !state.request || state.releaseId === null) return {};
    try {
      const attempt =
        event.topic === 'staging/development_requested' && event.emittedBy === 'rollback-routine' ? state.attempt + 1 : state.attempt;
      const context = {
        ...runtime,
        config: withCare(runtime.config, state.request),
        stopping: () => isStopping(control),
        releaseId: state.releaseId,
        request: state.request,
        attempt,
        board: boardOf(state),
        evidence: state.evidence,
        approvals: state.approvals,
      };
      const outcome = await runtime.turn(() => runRoutine(routine, event, context));
      if ('held' in outcome) {
        const reason = `${agents[agent].title} asked to stop before ${routine}: ${outcome.held.summary}`;
        return { evidence: outcome.evidence, events: [{ ...event, held: outcome.held }], halt: { outcome: 'held', code: 'HELD', reason } };
      }
      const at = runtime.ports.clock.now();
      return {
        ...outcome.posts,
        ...(attempt !== state.attempt && { attempt }),
        evidence: outcome.evidence,
        ...(outcome.waiting && { waiting: outcome.waiting }),
        events: [{ ...event, handled: true }, ...outcome.emits.map(({ topic, reason = '' }) => emitted(event, topic, routine, reason, at))],
        messages: [new AIMessage({ content: outcome.says, name: agent })],
      };
    } catch (error) {
      if (passesThrough(error)) throw error;
      if (error instanceof StagingError && error.code === 'STOPPING') throw stopped(); // its event stays pending
      return { halt: haltOf(error) };
    }
  };

/** An event's id is its depth and topic, derived from its parent's: emitting it again changes nothing. */
export const emitted = (parent: PendingEvent, topic: EventTopic, emittedBy: string, reason: string, at: number): PendingEvent => ({
  id: nextId(parent.id, topic),
  topic,
  emittedBy,
  reason,
  at,
  handled: handlerOf(topic) === null,
});

const nextId = (parent: string, topic: EventTopic): string => `${Number.parseInt(parent, 10) + 1}.${topic}`;
