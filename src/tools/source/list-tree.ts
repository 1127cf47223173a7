import { lstat, readdir, readlink, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

export type TreeEntry = { path: string; kind: 'file' | 'link' | 'folder'; executable: boolean };

/** Everything below a folder except `.git`, or why it cannot be copied: a link that leads out of it, or something that is no file. */
export const listTree = async (folder: string): Promise<{ entries: TreeEntry[] } | { refused: string }> => {
  const found = await lstat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  });
  if (!found?.isDirectory()) return { refused: `${folder} is not a folder` };
  const root = await realpath(folder);
  const entries: TreeEntry[] = [];
  const pending = [''];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const item of await readdir(join(root, next), { withFileTypes: true })) {
      if (item.name === '.git') continue;
      const path = join(next, item.name);
      if (item.isDirectory()) {
        entries.push({ path, kind: 'folder', executable: false });
        pending.push(path);
      } else if (item.isSymbolicLink()) {
        if (await leavesRoot(root, path)) return { refused: `the link ${path} leads out of the artifact` };
        entries.push({ path, kind: 'link', executable: false });
      } else if (item.isFile()) {
        entries.push({ path, kind: 'file', executable: ((await lstat(join(root, path))).mode & 0o100) !== 0 });
      } else return { refused: `${path} is neither a file, a link nor a folder` };
    }
  }
  return { entries };
};

/**
 * The text of a link is what the copy keeps, so it alone decides. `..` may only begin it: after a name it would go up from wherever
 * that name leads. So every link ends inside, because every link that it passes does.
 */
const leavesRoot = async (root: string, path: string): Promise<boolean> => {
  const target = await readlink(join(root, path));
  const parts = target.split('/').filter((part) => part !== '' && part !== '.');
  const climbsLater = parts.lastIndexOf('..') > parts.findIndex((part) => part !== '..') && parts.some((part) => part !== '..');
  return isAbsolute(target) || climbsLater || !isInside(root, resolve(root, dirname(path), target));
};

export const isInside = (root: string, path: string): boolean => {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
};
