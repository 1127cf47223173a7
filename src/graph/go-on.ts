import type { StateSnapshot } from '@langchain/langgraph';
import type { StagingState } from './state.js';

/**
 * What a thread is given that is to go on: nothing where it was cut off between two steps, so that what the steps before have written counts;
 * else a beginning from what is on the blackboard, for LangGraph forgets what is pending when it gets an input.
 */
export const goingOn = ({ tasks, values }: Pick<StateSnapshot, 'tasks' | 'values'>): null | { halt: null } => {
  const { halt = null } = values as Partial<StagingState>; // the graph's own state
  return tasks.length > 0 && halt === null ? null : { halt: null };
};
