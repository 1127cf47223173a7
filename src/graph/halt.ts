import { isGraphBubbleUp } from '@langchain/langgraph';
import { explainError, StagingError } from '../catalog/errors.js';
import type { Halt, StagingState, StagingUpdate } from './state.js';

/** What stops a release without an end: a person can correct it, and resume. */
export const haltOf = (error: unknown): Halt => ({
  outcome: error instanceof StagingError && error.code === 'LIMIT_REACHED' ? 'stopped' : 'errored',
  code: error instanceof StagingError ? error.code : 'DEFECT',
  reason: explainError(error),
});

/** A node in which what breaks halts the graph, with everything kept. */
export const orHalt =
  (node: (state: StagingState) => Promise<StagingUpdate>) =>
  async (state: StagingState): Promise<StagingUpdate> => {
    try {
      return await node(state);
    } catch (error) {
      if (isGraphBubbleUp(error)) throw error;
      return { halt: haltOf(error) };
    }
  };
