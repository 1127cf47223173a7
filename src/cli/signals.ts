import { RunControl } from '@langchain/langgraph';
import type { ActiveWorkspace } from '../desk/active-workspace.js';
import { requestStop } from '../graph/stopping.js';
import type { Output } from './output.js';

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;
type Signal = keyof typeof exitCodes;
const signals = Object.keys(exitCodes) as Signal[]; // the keys of the line before

/** `control` ends the run that it is given to. `asked` is the signal that came, or null. */
export type Stopping = { control: RunControl; asked: () => { signal: Signal; exitCode: number } | null; done: () => void };

/**
 * Ctrl-C and SIGTERM: what has begun is finished, and nothing new begins. A second signal cuts it off, and so does too long a wait
 * (`doorLimits.finishMs`). Either way the processes of the environments end, and the release goes on from its checkpoint with `resume`.
 */
export const stoppingOnSignals = (workspace: ActiveWorkspace, output: Output): Stopping => {
  const control = new RunControl();
  const { finishMs } = workspace.config.doorLimits;
  let first: Signal | null = null;
  const cutOff = (signal: Signal): void => void workspace.ports.deployment.close().finally(() => process.exit(exitCodes[signal]));
  const stop = (signal: Signal): void => {
    if (first !== null) return cutOff(first);
    first = signal;
    requestStop(control);
    const overdue = (): void => {
      output.say(`Cut off: what is under way has not ended within ${finishMs / 1_000} s. It is begun again by \`resume\`.`);
      cutOff(signal);
    };
    setTimeout(overdue, finishMs).unref();
    void underWay(workspace).then(
      (id) => {
        output.say(sayHow(signal, id, workspace.shared !== null, output.where));
        if (id === null) cutOff(signal);
      },
      () => cutOff(signal), // a store that cannot be read
    );
  };
  for (const signal of signals) process.on(signal, stop);
  return {
    control,
    asked: () => first && { signal: first, exitCode: exitCodes[first] },
    done: () => signals.forEach((signal) => process.off(signal, stop)),
  };
};

/** The first signal that asks this process to end; the second one ends it at once. */
export const askedToEnd = (): Promise<Signal> =>
  new Promise((resolve) => {
    for (const signal of signals)
      process.on(signal, () => {
        if (asked) process.exit(exitCodes[signal]);
        asked = true;
        resolve(signal);
      });
    let asked = false;
  });

/** The release that this process is at; null where there is nothing to finish, and where workers do it. */
const underWay = async ({ store, shared }: ActiveWorkspace): Promise<string | null> =>
  shared !== null ? null : ((await store.releases()).find((row) => row.state === 'running')?.id ?? null);

const sayHow = (signal: Signal, id: string | null, isShared: boolean, where: string): string => {
  if (isShared) return `Leaving (${signal}). The release goes on: see \`langgraph-staging status${where}\`.`;
  if (id === null) return `Stopping (${signal}).`;
  return `Stopping (${signal}). ${finishing} Go on with: langgraph-staging resume ${id}${where}`;
};

export const finishing = 'What is under way is finished first; a second signal cuts it off.';
