import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import type { DataConfig } from '../../catalog/data.js';
import { runCommand } from '../processes.js';
import type { DataStore } from './data-store.js';
import { fingerprint } from './sqlite.js';

type Timed = NonNullable<DataConfig['snapshot']>;
type Where = { dataDir: string; env: Record<string, string>; signal: AbortSignal };

/** Any other store, by commands of the owner's. Restoring twice is the same as once, so nothing has to tell whether it has happened. */
export const commandStore = (snapshot: Timed, restore: Timed, where: Where): DataStore => ({
  of: 'store',
  snapshot: async (path) => {
    const draft = `${path}.draft`;
    await run(snapshot, draft, where);
    if (!existsSync(draft)) throw new Error(`\`${snapshot.command.join(' ')}\` wrote no {snapshot}`);
    await rename(draft, path);
    return fingerprint(path);
  },
  restore: (path) => run(restore, path, where),
  cookie: () => Promise.resolve(null),
  rows: null,
});

const run = async ({ command, timeoutMs }: Timed, snapshot: string, { dataDir, env, signal }: Where): Promise<void> => {
  const parts = command.map((part) => part.replaceAll('{snapshot}', snapshot));
  const { exitCode, timedOut, output } = await runCommand({ command: parts, cwd: dataDir, env, timeoutMs, signal });
  if (exitCode === 0 && !timedOut) return;
  const how = timedOut ? `was ended after ${timeoutMs} ms` : `ended with ${exitCode ?? 'a signal'}`;
  throw new Error(`\`${command.join(' ')}\` ${how}: ${output.trim().split('\n').at(-1) ?? ''}`);
};
