import { realpath } from 'node:fs/promises';
import { reason, StagingError } from '../../catalog/errors.js';
import { gitIn, splitNul, type Git } from './git.js';

export type Repository = { path: string; git: Git };

/** The repository whose root is `path`, or that is bare there. Throws REPOSITORY_MISSING: a folder inside another repository is not one. */
export const openRepository = async (path: string): Promise<Repository> => {
  const found = await locate(path).catch((error: unknown) => {
    throw new StagingError('REPOSITORY_MISSING', `Failed to open the repository ${path}: ${reason(error)}.`, { cause: error });
  });
  if (found.root !== found.path)
    throw new StagingError('REPOSITORY_MISSING', `Failed to open the repository ${path}: it is a folder of the repository ${found.root}.`);
  if ((await found.git('rev-list', '--all', '--max-count=1')) === '')
    throw new StagingError('REPOSITORY_MISSING', `Failed to open the repository ${path}: it has no commit yet.`);
  return found;
};

const locate = async (folder: string): Promise<Repository & { root: string }> => {
  const path = await realpath(folder);
  const git = gitIn(path);
  const bare = (await git('rev-parse', '--is-bare-repository')).trim() === 'true';
  const root = await git('rev-parse', ...(bare ? ['--absolute-git-dir'] : ['--show-toplevel']));
  return { path, git, root: await realpath(root.replace(/\n$/, '')) };
};

/** Throws REPOSITORY_DIRTY when tracked files of the user's checkout are changed: what they see is not what would be released. */
export const refuseDirty = async ({ path, git }: Repository): Promise<void> => {
  if ((await git('rev-parse', '--is-bare-repository')).trim() === 'true') return;
  const changed = changedFiles(await git('status', '--porcelain=v1', '-z', '--untracked-files=no'));
  if (changed.length === 0) return;
  const more = changed.length > shownFiles ? ` and ${changed.length - shownFiles} more` : '';
  throw new StagingError(
    'REPOSITORY_DIRTY',
    `Failed to read the versions of ${path}: uncommitted changes in ${changed.slice(0, shownFiles).join(', ')}${more}.`,
  );
};

const shownFiles = 5;

/** Entries are `XY path`; that of a rename or copy is followed by the path that it came from. */
const changedFiles = (output: string): string[] => {
  const files: string[] = [];
  const entries = splitNul(output);
  for (let at = 0; at < entries.length; at += 1) {
    const entry = entries[at] ?? '';
    files.push(entry.slice(3));
    if (/^(?:[RC].|.[RC])/.test(entry)) at += 1;
  }
  return files;
};
