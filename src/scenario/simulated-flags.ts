import type { EnvironmentName } from '../catalog/tools.js';
import { changeFlag, evaluateFlag, type Flag, type FlagFile } from '../tools/flags/flag.js';
import type { FlagsPort } from '../tools/ports.js';
import type { World } from './simulated-world.js';

export type FlagFiles = Record<EnvironmentName, FlagFile>;

/** Flags of the simulated world; `files` is theirs, and changes. */
export const simulatedFlags = ({ clock }: Pick<World, 'clock'>, files: FlagFiles, changed: () => void): FlagsPort => {
  const list = (environment: EnvironmentName): Flag[] =>
    Object.entries(files[environment].flags).map(([name, flag]) => ({ name, ...flag }));
  const find = (environment: EnvironmentName, name: string): Flag | null => list(environment).find((flag) => flag.name === name) ?? null;
  const set: FlagsPort['set'] = (environment, name, change) => {
    files[environment] = changeFlag(files[environment], name, { ...change, at: clock.now() });
    changed();
    return Promise.resolve(find(environment, name) ?? { name, on: false, percentage: 0 });
  };
  return {
    name: 'simulated',
    list: (environment) => Promise.resolve(list(environment)),
    changes: (environment) => Promise.resolve(files[environment].changes),
    get: (environment, name) => Promise.resolve(find(environment, name)),
    set,
    kill: (environment, name, who) => set(environment, name, { on: false, ...who }),
    evaluate: (environment, name, visitor) => Promise.resolve(evaluateFlag(files[environment], name, visitor, true)),
  };
};
