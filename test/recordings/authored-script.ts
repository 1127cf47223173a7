import type { RoutineName } from '../../src/catalog/routines.js';
import type { Answer } from './model-endpoint.js';

/** What is said in one run of a routine: answers that call tools, then words. */
type Turns = (Answer | string)[];

/** Per routine, and for the reading of a request, what is said each time that it is run; the last time stands for all later ones. */
export type Script = Partial<Record<RoutineName | 'rewording', Turns[]>>;

type CalledTool = [name: string, args?: Record<string, unknown>];

export const call = (says: string, ...calls: CalledTool[]): Answer => ({
  says,
  calls: calls.map(([name, args = {}]) => ({ name, args })),
});

export const suite = (name: string, target: string): CalledTool => ['run_suite', { suite: name, target }];
