import { createHash, randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdir, readFile, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { constants } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { StagingError, reason } from '../../catalog/errors.js';
import { readJsonFile, writeJsonFile } from './json-file.js';
import { listTree, type TreeEntry } from './list-tree.js';

export type StoredArtifact = { digest: string; path: string; files: number; bytes: number };

const noteSchema = z.object({ commit: z.string(), version: z.string().optional(), files: z.number(), bytes: z.number() });
const builtSchema = z.object({ digest: z.string(), recipe: z.string() });

/** Content-addressed folders `<stateDir>/artifacts/<hex>`, each with a note `<hex>.json` beside it of where it came from. */
export const openArtifacts = (stateDir: string) => {
  const root = join(stateDir, 'artifacts');
  const pathOf = (digest: string): string => join(root, digest.slice('sha256:'.length));
  const byCommit = (commit: string): string => join(root, 'by-commit', `${commit}.json`);

  return {
    /** Copies a folder, without `.git`, to the place that its content names. Gives a reason when it cannot be one artifact. */
    store: async (folder: string, origin: { commit: string; version?: string }): Promise<StoredArtifact | { refused: string }> => {
      const listed = await listTree(folder);
      if ('refused' in listed) return listed;
      const copy = join(root, `.copy-${randomBytes(6).toString('hex')}`);
      try {
        await mkdir(copy, { recursive: true });
        const { digest, bytes } = await copyTree(folder, copy, listed.entries);
        const path = pathOf(digest);
        const files = listed.entries.filter((entry) => entry.kind === 'file').length;
        await moveInto(copy, path);
        if ((await readJsonFile(`${path}.json`, noteSchema)) === null) await writeJsonFile(`${path}.json`, { ...origin, files, bytes });
        return { digest, path, files, bytes };
      } finally {
        await rm(copy, { recursive: true, force: true });
      }
    },
    /** What was built from a commit by this recipe, if it is still there. */
    builtFrom: async (commit: string, recipe: string): Promise<{ digest: string; path: string } | null> => {
      const built = await readJsonFile(byCommit(commit), builtSchema);
      return built?.recipe === recipe && (await isFolder(pathOf(built.digest)))
        ? { digest: built.digest, path: pathOf(built.digest) }
        : null;
    },
    remember: (commit: string, recipe: string, digest: string): Promise<void> => writeJsonFile(byCommit(commit), { digest, recipe }),
  };
};

export type Artifacts = ReturnType<typeof openArtifacts>;

/** Copies the entries and digests what was written: sorted path, kind, executable bit, and content or link target. */
const copyTree = async (from: string, to: string, entries: readonly TreeEntry[]): Promise<{ digest: string; bytes: number }> => {
  for (const { kind, path } of entries) if (kind === 'folder') await mkdir(join(to, path), { recursive: true });
  const rest = entries.filter((entry) => entry.kind !== 'folder');
  const rows = entries.filter((entry) => entry.kind === 'folder').map(({ kind, path }) => JSON.stringify([path, kind]));
  let bytes = 0;
  for (let at = 0; at < rest.length; at += filesAtOnce) {
    const copied = await Promise.all(rest.slice(at, at + filesAtOnce).map((entry) => copyEntry(from, to, entry)));
    for (const { row, size } of copied) {
      rows.push(row);
      bytes += size;
    }
  }
  return { digest: `sha256:${createHash('sha256').update(rows.sort().join('\n')).digest('hex')}`, bytes };
};

const filesAtOnce = 16;

const copyEntry = async (from: string, to: string, { kind, path, executable }: TreeEntry): Promise<{ row: string; size: number }> => {
  const [source, target] = [join(from, path), join(to, path)];
  if (kind === 'link') {
    const link = await readlink(source);
    await symlink(link, target);
    return { row: JSON.stringify([path, kind, link]), size: 0 };
  }
  await copyFile(source, target, constants.COPYFILE_FICLONE);
  await chmod(target, executable ? 0o755 : 0o644);
  const content = await readFile(target);
  return { row: JSON.stringify([path, kind, executable, createHash('sha256').update(content).digest('hex')]), size: content.length };
};

/** An artifact that is there already has the same content, and may be running. */
const moveInto = async (copy: string, path: string): Promise<void> => {
  if (await isFolder(path)) return;
  try {
    await rename(copy, path);
  } catch (error) {
    if (!(await isFolder(path)))
      throw new StagingError('ADAPTER_FAILED', `Failed to keep the artifact ${path}: ${reason(error)}.`, { cause: error });
  }
};

const isFolder = async (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
