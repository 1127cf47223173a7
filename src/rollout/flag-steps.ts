import type { FlagStep } from '../catalog/measurements.js';

type Setting = FlagStep['before'];
/** A change of a flag, as its file keeps it: oldest first. */
type Change = Setting & { name: string; by: string };

/** A flag that nobody has set is on: flags exist to turn off what was deployed. */
const unset: Setting = { on: true, percentage: 100 };

/** In whose name a release changes flags. */
export const releaseBy = (releaseId: string): string => `release ${releaseId}`;

export const flagInWords = ({ on, percentage }: Setting): string => (on ? `on for ${percentage} %` : 'off for everybody');

/**
 * What a release changes, of the flags that its version declares. What an earlier release has set as declared is left to the people who
 * have turned it up or off since; what stands as declared already needs no step.
 */
export const flagSteps = (declared: readonly Omit<FlagStep, 'before'>[], changes: readonly Change[], by: string): FlagStep[] =>
  declared.flatMap((flag) => {
    const own = changes.filter(({ name }) => name === flag.name);
    const last = own.findLast((change) => change.by.startsWith(releaseBy('')));
    if (last !== undefined && last.by !== by && isAs(last, flag)) return [];
    const { on, percentage } = own.findLast((change) => change.by !== by) ?? unset;
    return isAs({ on, percentage }, flag) ? [] : [{ ...flag, before: { on, percentage } }];
  });

/** Whether the step has still to be taken: not where the release has taken it, whatever a person has made of the flag since. */
export const isToDo = (step: FlagStep, changes: readonly Change[], by: string): boolean => {
  const last = changes.findLast((change) => change.name === step.name && change.by === by);
  return last === undefined || !isAs(last, step);
};

/** Who has changed the flag since the release did, so that it is left as it is; null where going back takes nobody's word away. */
export const changedSince = (step: FlagStep, changes: readonly Change[], by: string): string | null => {
  const newest = changes.findLast(({ name }) => name === step.name);
  return newest === undefined || newest.by === by ? null : newest.by;
};

const isAs = (one: Setting, other: Setting): boolean => one.on === other.on && one.percentage === other.percentage;
