import { isGraphBubbleUp, type LangGraphRunnableConfig } from '@langchain/langgraph';
import { explainError, StagingError, type ErrorCode } from '../catalog/errors.js';
import type { Halt, StagingState, StagingUpdate } from './state.js';

/** What stops a release without an end: a person can correct it, and resume. */
export const haltOf = (error: unknown): Halt => ({
  outcome: error instanceof StagingError && error.code === 'LIMIT_REACHED' ? 'stopped' : 'errored',
  code: error instanceof StagingError ? error.code : 'DEFECT',
  reason: explainError(error),
});

/** What says nothing about the release: the run ends, and the next goes on from the checkpoint. */
export const passing: readonly ErrorCode[] = ['LEASE_LOST', 'DATABASE_UNREACHABLE'];

/** What a node lets through: LangGraph's own signals, and what passes. */
export const passesThrough = (error: unknown): boolean =>
  isGraphBubbleUp(error) || (error instanceof StagingError && passing.includes(error.code));

/** A node in which what breaks halts the graph, with everything kept. */
export const orHalt =
  (node: (state: StagingState, config: LangGraphRunnableConfig) => Promise<StagingUpdate>) =>
  async (state: StagingState, config: LangGraphRunnableConfig): Promise<StagingUpdate> => {
    try {
      return await node(state, config);
    } catch (error) {
      if (passesThrough(error)) throw error;
      return { halt: haltOf(error) };
    }
  };
