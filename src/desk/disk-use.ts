import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { roomOf } from './shared/room.js';
import type { Workspace } from './workspace.js';

/** Bytes of journal, evidence and checkpoints, in files or in a database that workers share; and of everything else in the state directory (artifacts, data, logs). */
export const sizesOf = async ({
  stateDir,
  shared,
}: Pick<Workspace, 'stateDir' | 'shared'>): Promise<{ database: number; rest: number }> => {
  const entries = await readdir(stateDir, { recursive: true, withFileTypes: true });
  const sizes = { database: shared === null ? 0 : await roomOf(shared), rest: 0 };
  for (const entry of entries.filter((one) => one.isFile())) {
    const { size } = await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 })); // gone meanwhile
    const isDatabase = entry.parentPath === stateDir && /^(journal|checkpoints)\.db/.test(entry.name);
    sizes[isDatabase ? 'database' : 'rest'] += size;
  }
  return sizes;
};

export const sayBytes = (bytes: number): string =>
  bytes < 1024 ** 2 ? `${Math.round(bytes / 1024)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
