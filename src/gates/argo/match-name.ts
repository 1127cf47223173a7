import { StagingError } from '../../catalog/errors.js';
import { linearPattern } from '../../catalog/linear-pattern.js';
import { plain } from '../words.js';

/** A name has at most 253 letters; what takes more than this to describe it keeps a process busy. */
const longest = 1_000;

/** Whether a regular expression of Go is found in a name; what is no expression is found nowhere, as in Argo. Throws POLICY_INVALID for a long one. */
export const matchesName = (source: string, name: string): boolean => {
  if (source.length > longest)
    throw new StagingError(
      'POLICY_INVALID',
      `Failed to read the dry-run rule "${plain(source.slice(0, 80))}": it is longer than ${longest} letters.`,
    );
  const pattern = linearPattern(source);
  return 'finds' in pattern && pattern.finds(name);
};
