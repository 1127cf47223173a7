import { GraphDrained, type RunControl } from '@langchain/langgraph';

const reason = 'the process is asked to end';

/** Asks a run to end: what has begun is finished, nothing new begins, and the run throws GraphDrained. The next process goes on from there. */
export const requestStop = (control: RunControl): void => control.requestDrain(reason);

/** Whether it was asked; a drain for another reason ends a run behind its step, and the step is taken whole. */
export const isStopping = (control: RunControl | undefined): boolean => control?.drainReason === reason;

/** What a node throws that has not come to its end: what stands beside it in its step does. */
export const stopped = (): GraphDrained => new GraphDrained(reason);
