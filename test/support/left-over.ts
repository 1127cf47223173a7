import { readdir, readFile, readlink } from 'node:fs/promises';

/** Processes that still run in a folder: their command lines. Reads /proc, so it says nothing on other systems. */
export const leftOver = async (folder: string): Promise<string[]> => {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
      return cwd.startsWith(folder) ? (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ') : null;
    }),
  );
  return found.filter((one) => one !== null);
};
