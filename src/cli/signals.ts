import type { RunControl } from '@langchain/langgraph';
import { mostToFinishMs } from '../desk/release-line.js';
import { requestStop } from '../graph/stopping.js';
import type { Output } from './output.js';
import type { ActiveWorkspace } from '../desk/workspace.js';

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;
type Signal = keyof typeof exitCodes;

/**
 * Ctrl-C and SIGTERM: what has begun is finished, and nothing new begins; a second signal, or too long a wait, stops at once. Either way
 * the processes of the environments end first, and the release goes on from its checkpoint with `resume`.
 */
export const closingOnSignals = (
  workspace: ActiveWorkspace,
  output: Output,
  control: RunControl,
): { done: () => void; exitCode: () => number } => {
  let first: Signal | null = null;
  const stopNow = (signal: Signal) => void workspace.ports.deployment.close().finally(() => process.exit(exitCodes[signal]));
  const stop = (signal: Signal) => {
    if (first !== null) return stopNow(signal);
    first = signal;
    requestStop(control);
    setTimeout(() => stopNow(signal), mostToFinishMs).unref();
    void sayHow(workspace, signal, output);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    done: () => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
    exitCode: () => exitCodes[first ?? 'SIGTERM'],
  };
};

const sayHow = async ({ store }: ActiveWorkspace, signal: Signal, output: Output): Promise<void> => {
  const running = (await store.releases()).find((row) => row.state === 'running');
  output.say(`Stopping (${signal}) after what is under way. ${running ? `Go on with: langgraph-staging resume ${running.id}` : ''}`);
};
