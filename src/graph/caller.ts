import type { LangGraphRunnableConfig } from '@langchain/langgraph';

/** Under which key a host says who calls, having checked a credential. LangGraph Server says it under its own, which has precedence. */
const callerKey = 'staging_user';

/** What a host merges into the `configurable` of a run that an authenticated person makes. */
export const asCaller = (name: string): Record<string, string> => ({ [callerKey]: name });

/** Who calls, as the host's credential told it; null where no host says so. Never read from what a message or an answer says. */
export const callerOf = ({ configurable = {} }: LangGraphRunnableConfig): string | null => {
  const server: unknown = configurable['langgraph_auth_user'];
  const identity =
    typeof server === 'object' && server !== null && 'identity' in server ? server.identity : configurable['langgraph_auth_user_id'];
  return [identity, configurable[callerKey]].find((name): name is string => typeof name === 'string' && name !== '') ?? null;
};

/** Whether the graph runs inside another one. There LangGraph may deliver an answer again, whatever made the host go on. */
export const isEmbedded = ({ configurable = {} }: LangGraphRunnableConfig): boolean => {
  const namespace: unknown = configurable['checkpoint_ns'];
  return typeof namespace === 'string' && namespace.includes('|');
};

/**
 * Refuses an answer to an interrupt that is no longer open, by its id, instead of handing it to the next one. The key is LangGraph's
 * own and internal: it stands here alone, and a test sees that it still works.
 */
export const strictResume = { configurable: { __pregel_strict_resume: true } };
