import type { Output } from './output.js';
import type { ActiveWorkspace } from '../desk/workspace.js';

/** Ctrl-C and SIGTERM stop every process of the environments first; the release goes on from its checkpoint with `resume`. */
export const closingOnSignals = (workspace: ActiveWorkspace, output: Output): { done: () => void } => {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    void sayHow(workspace, signal, output)
      .finally(() => workspace.ports.deployment.close())
      .finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    done: () => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
};

const sayHow = async ({ store, shared }: ActiveWorkspace, signal: NodeJS.Signals, output: Output): Promise<void> => {
  if (shared !== null) return output.say(`Leaving (${signal}). The release goes on: see \`langgraph-staging status\`.`);
  const running = (await store.releases()).find((row) => row.state === 'running');
  output.say(`Stopping (${signal}). ${running ? `Go on with: langgraph-staging resume ${running.id}` : ''}`);
};
