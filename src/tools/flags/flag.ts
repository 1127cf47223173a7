import { createHash } from 'node:crypto';
import { z } from 'zod';
import { StagingError } from '../../catalog/errors.js';

/** A switch that the running service asks for every visitor: off for everybody, or on for a share of them. */
const flagSchema = z.strictObject({ on: z.boolean(), percentage: z.number().min(0).max(100) });
export const namedFlagSchema = flagSchema.extend({ name: z.string() });
export const flagChangeSchema = z.object({
  at: z.number(),
  name: z.string(),
  on: z.boolean(),
  percentage: z.number(),
  by: z.string(),
  why: z.string(),
});
export const flagFileSchema = z.strictObject({ flags: z.record(z.string(), flagSchema), changes: z.array(flagChangeSchema) });

export type Flag = z.infer<typeof namedFlagSchema>;
export type FlagChange = z.infer<typeof flagChangeSchema>;
export type FlagFile = z.infer<typeof flagFileSchema>;

/** Newest changes that the file itself keeps; all of them are in the journal. */
const keptChanges = 500;

/** The file with one flag changed and the change written beside it, so that no flag stands anywhere without who and why. Throws FLAG_INVALID. */
export const changeFlag = (
  file: FlagFile,
  name: string,
  { on, percentage, ...by }: { on?: boolean | undefined; percentage?: number | undefined; at: number; by: string; why: string },
): FlagFile => {
  if (!/^[a-z0-9][a-z0-9._-]{0,99}$/i.test(name))
    throw new StagingError('FLAG_INVALID', `Failed to set flag ${JSON.stringify(name)}: a name has letters, digits, dots and dashes.`);
  if (percentage !== undefined && !(percentage >= 0 && percentage <= 100))
    throw new StagingError('FLAG_INVALID', `Failed to set flag ${name}: ${percentage} is not a percentage between 0 and 100.`);
  const before = file.flags[name] ?? unlisted;
  const after = { on: on ?? before.on, percentage: percentage ?? before.percentage };
  return {
    flags: { ...file.flags, [name]: after },
    changes: [...file.changes, { name, ...after, ...by }].slice(-keptChanges),
  };
};

/** A flag that nobody has set is on: flags exist to turn off what was deployed. */
const unlisted = { on: true, percentage: 100 };

export type Evaluation = { value: boolean; reason: 'STATIC' | 'DISABLED' | 'SPLIT' | 'DEFAULT' };

/**
 * What a visitor gets. The same visitor always falls into the same bucket of a flag, so raising the percentage only ever adds
 * visitors. Somebody without a name is in no bucket: a partial flag is off for them. `fallback` is for a flag that is not listed.
 */
export const evaluateFlag = (file: FlagFile, name: string, visitor: string | undefined, fallback: boolean): Evaluation => {
  const flag = file.flags[name];
  if (flag === undefined) return { value: fallback, reason: 'DEFAULT' };
  if (!flag.on) return { value: false, reason: 'DISABLED' };
  if (flag.percentage >= 100) return { value: true, reason: 'STATIC' };
  return { value: visitor !== undefined && bucketOf(name, visitor) < flag.percentage, reason: 'SPLIT' };
};

/** 0 up to 100, spread evenly over visitors and independent from flag to flag. */
const bucketOf = (name: string, visitor: string): number =>
  (createHash('sha256').update(`${name}/${visitor}`).digest().readUInt32BE(0) / 2 ** 32) * 100;
