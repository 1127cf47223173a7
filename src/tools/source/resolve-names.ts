import semver from 'semver';
import { StagingError } from '../../catalog/errors.js';
import type { Refs } from './refs.js';

export type Head = { name: string; commit: string };

/** A version: its tag, with or without `v`, else its release branch. Throws VERSION_UNKNOWN with the nearest versions there are. */
export const resolveVersion = (refs: Refs, version: string): Head => {
  const found = findVersion(refs, version);
  if (found) return found;
  const known = nearestVersions(refs, version);
  const why = known.length > 0 ? `the nearest ones are ${known.join(', ')}` : 'the repository has no version yet';
  throw new StagingError('VERSION_UNKNOWN', `Failed to find version ${shown(version)}: there is no such tag or release branch; ${why}.`);
};

/** The same, or undefined. */
export const findVersion = (refs: Refs, version: string): Head | undefined => {
  if (!isName(version)) return undefined;
  const spellings = [version, version.startsWith('v') ? version.slice(1) : `v${version}`];
  const tags = spellings.map((name) => ({ name, commit: refs.tags.get(name) }));
  const branches = spellings.map((spelling) => `release/${spelling}`).map((name) => ({ name, commit: refs.branches.get(name) }));
  for (const { name, commit } of [...tags, ...branches]) if (commit !== undefined) return { name, commit };
  return undefined;
};

/** A feature's branch, as the configuration spells it. Throws FEATURE_UNKNOWN with the branch tried and the ones there are. */
export const resolveFeature = (refs: Refs, feature: string, pattern: string): Head => {
  const name = pattern.replaceAll('{feature}', () => feature);
  const commit = isName(feature) ? refs.branches.get(name) : undefined;
  if (commit !== undefined) return { name, commit };
  const [prefix = ''] = pattern.split('{feature}');
  const others = [...refs.branches.keys()].filter((branch) => !/^(?:langgraph-)?staging\/|^HEAD$/.test(branch));
  const alike = others.filter((branch) => branch.startsWith(prefix));
  const known = (alike.length > 0 ? alike : others).sort().slice(0, shownNames);
  const why = known.length > 0 ? `the repository has ${known.join(', ')}` : 'the repository has no branch';
  throw new StagingError('FEATURE_UNKNOWN', `Failed to find feature ${shown(feature)}: there is no branch ${shown(name)}; ${why}.`);
};

/** Tags that are semantic versions, newest first; of `1.2.0` and `v1.2.0` only the latter. */
export const versionTags = (refs: Refs): string[] => {
  const tags = [...refs.tags.keys()].filter((tag) => semver.parse(tag) !== null);
  return tags.filter((tag) => tag.startsWith('v') || !refs.tags.has(`v${tag}`)).sort((a, b) => semver.compareBuild(b, a));
};

const shownNames = 8;

/** By how far they differ in major, minor and patch; of two as near, the newer first. Without a number to compare: the newest. */
const nearestVersions = (refs: Refs, version: string): string[] => {
  const branches = [...refs.branches.keys()]
    .flatMap((branch) => /^release\/(.+)$/.exec(branch)?.[1] ?? [])
    .filter((name) => semver.valid(name));
  const known = [...new Set([...versionTags(refs), ...branches])].sort((a, b) => semver.compareBuild(b, a));
  const wanted = semver.coerce(version);
  if (wanted === null) return known.slice(0, shownNames);
  const distance = (name: string): number[] => {
    const { major, minor, patch } = semver.parse(name) ?? wanted;
    return [Math.abs(major - wanted.major), Math.abs(minor - wanted.minor), Math.abs(patch - wanted.patch)];
  };
  return known.sort((a, b) => compareNumbers(distance(a), distance(b))).slice(0, shownNames);
};

const compareNumbers = (a: readonly number[], b: readonly number[]): number =>
  a.map((value, index) => value - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0;

/** Nothing that git or a terminal could take for more than a name. */
export const isName = (name: string): boolean => name !== '' && !name.startsWith('-') && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name);

const shown = (name: string): string => JSON.stringify(name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}').slice(0, 100));
