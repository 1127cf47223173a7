import { systemClock } from '../tools/system-clock.js';

const asked = ['LANGSMITH_TRACING_V2', 'LANGCHAIN_TRACING_V2', 'LANGSMITH_TRACING', 'LANGCHAIN_TRACING'];
const mostToSendMs = 5_000;

/**
 * LangSmith hears of a release through LangChain's own callbacks, where the environment asks for it. What models and tools are told and
 * say is kept from it, unless LANGSMITH_HIDE_INPUTS and LANGSMITH_HIDE_OUTPUTS say `false`. Gives how to send the rest; a LangSmith that
 * does not answer holds nobody up for longer than a moment.
 */
export const startLangSmith = (environment: NodeJS.ProcessEnv = process.env): (() => Promise<void>) => {
  if (asked.every((name) => environment[name] !== 'true')) return () => Promise.resolve();
  for (const what of ['HIDE_INPUTS', 'HIDE_OUTPUTS'])
    if (environment[`LANGCHAIN_${what}`] === undefined) environment[`LANGSMITH_${what}`] ??= 'true'; // read by the client when it is made
  return async () => {
    const { awaitAllCallbacks } = await import('@langchain/core/callbacks/promises');
    const enough = new AbortController();
    await Promise.race([awaitAllCallbacks(), systemClock.sleep(mostToSendMs, enough.signal)]);
    enough.abort();
  };
};
