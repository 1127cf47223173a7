import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, realpath, rm } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Git } from './git.js';

/** Checkouts of our own below `<stateDir>/worktrees`; nothing outside of it is ever added, cleaned or removed. */
export const openWorktrees = (stateDir: string) => {
  const root = async (): Promise<string> => {
    const folder = join(stateDir, 'worktrees');
    await mkdir(folder, { recursive: true });
    return realpath(folder); // git prints and compares real paths
  };
  const registered = async (git: Git, folder: string): Promise<string[]> =>
    (await git('worktree', 'list', '--porcelain'))
      .split('\n')
      .flatMap((line) => (line.startsWith('worktree ') ? [line.slice('worktree '.length)] : []))
      .filter((path) => path === folder || path.startsWith(folder + sep));

  /** Removes every worktree at or below the folder, and what a crash left of them. Other worktrees of the repository stay registered. */
  const remove = async (git: Git, folder: string): Promise<void> => {
    for (const path of await registered(git, folder)) await git('worktree', 'remove', '--force', '--force', '--', path); // twice: also a locked one
    await rm(folder, { recursive: true, force: true });
  };

  return {
    ofRelease: async (releaseId: string): Promise<string> => join(await root(), safeName(releaseId)),
    of: async (releaseId: string, attempt: number): Promise<string> => join(await root(), safeName(releaseId), String(attempt)),
    ofCommit: async (commit: string): Promise<string> => join(await root(), '.versions', commit),
    contains: async (path: string): Promise<boolean> => path.startsWith((await root()) + sep),
    isThere: async (git: Git, path: string): Promise<boolean> =>
      existsSync(join(path, '.git')) && (await registered(git, path)).includes(path),
    /** A fresh worktree in place of whatever was there. `branch` is made or moved to the commit; without it, no branch is checked out. */
    add: async (git: Git, path: string, commit: string, branch?: string): Promise<void> => {
      await remove(git, path);
      await git('worktree', 'add', ...(branch === undefined ? ['--detach'] : ['-B', branch]), '--', path, commit);
    },
    remove,
  };
};

export type Worktrees = ReturnType<typeof openWorktrees>;

/** A release's id as the name of a folder and as a part of a branch: itself where that is safe, else made so, and still its own. */
export const safeName = (id: string): string => {
  if (/^[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.))*$/.test(id) && !/\.(?:lock)?$/.test(id) && id.length <= 100) return id;
  const digest = createHash('sha256').update(id).digest('hex').slice(0, 12);
  return `${
    id
      .replace(/[^A-Za-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 40) || 'release'
  }-${digest}`;
};
