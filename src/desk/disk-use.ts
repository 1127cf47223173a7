import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes in a state directory: journal and evidence together with checkpoints, and everything else (artifacts, data, logs). */
export const sizesOf = async (stateDir: string): Promise<{ database: number; rest: number }> => {
  const entries = await readdir(stateDir, { recursive: true, withFileTypes: true });
  const sizes = { database: 0, rest: 0 };
  for (const entry of entries.filter((one) => one.isFile())) {
    const { size } = await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 })); // gone meanwhile
    const isDatabase = entry.parentPath === stateDir && /^(journal|checkpoints)\.db/.test(entry.name);
    sizes[isDatabase ? 'database' : 'rest'] += size;
  }
  return sizes;
};

export const sayBytes = (bytes: number): string =>
  bytes < 1024 ** 2 ? `${Math.round(bytes / 1024)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
