import { lstat, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { isInside } from './list-tree.js';

export type Place = { full: string; path: string };

/**
 * Where a path of a model leads, or why it is refused: only files inside the worktree, whatever links stand on the way, and never what
 * git keeps there. A file that is not there yet is judged by the nearest folder that is.
 */
export const placeInside = async (root: string, given: string): Promise<Place | { refused: string }> => {
  if (given.includes('\0')) return { refused: 'a path has no NUL in it' };
  if (isAbsolute(given) || /^[a-z]:|\\/i.test(given)) return { refused: `${given} is not relative to the worktree` };
  const asked = resolve(root, given);
  if (given.split('/').includes('..') || !isInside(root, asked)) return { refused: `${given} leads out of the worktree` };
  const real = await realTarget(asked);
  if (real === null || !isInside(root, real)) return { refused: `${given} leads out of the worktree` };
  const path = relative(root, real);
  if ([given, path].some((one) => one.split(/[/\\]/).some(isGits))) return { refused: `${given} belongs to git` };
  return { full: real, path: path === '' ? '.' : path.split(sep).join('/') };
};

/** `.git` itself in any spelling that a file system may take for it, and the files by which a repository configures git. */
const isGits = (name: string): boolean =>
  /^\.git(?:modules|attributes|config)?$/i.test(name.replace(/[\s.\u200b-\u200f\u2060\ufeff]+$/, '')) || /^git~\d/i.test(name);

/** The real path of what is there, joined with the names that are not there yet; null for a link that leads nowhere. */
const realTarget = async (path: string): Promise<string | null> => {
  const missing: string[] = [];
  for (let at = path; ; at = dirname(at)) {
    const real = await realpath(at).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
      return undefined; // a loop of links, or no permission: refused
    });
    if (real === undefined) return null;
    if (real !== null) return (await isDanglingLink(join(real, missing[0] ?? ''), missing.length > 0)) ? null : join(real, ...missing);
    missing.unshift(relative(dirname(at), at));
    if (at === dirname(at)) return null;
  }
};

/** Writing through a link whose target is missing would make that target, wherever it is. */
const isDanglingLink = async (path: string, look: boolean): Promise<boolean> => {
  if (!look) return false;
  return lstat(path).then(
    () => true, // there, and yet realpath did not find it
    () => false, // not there: it can be made
  );
};
