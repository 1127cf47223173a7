import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { build } from 'tsdown';

export type Spares = { take: () => Promise<ChildProcess>; close: () => void };

/** Processes that have loaded the program and wait for a job: loading takes longer than what they do. */
export const spares = async (count: number): Promise<Spares> => {
  const folder = await (bundled ??= bundle());
  const start = () => {
    const child = fork(join(folder, 'killed.mjs'), {
      ...{ execArgv: [], serialization: 'advanced' as const },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    return { child, ready: once(child, 'message') };
  };
  const waiting = Array.from({ length: count }, start);
  return {
    take: async () => {
      const next = waiting.shift() ?? start();
      waiting.push(start());
      await next.ready;
      return next.child;
    },
    close: () => {
      for (const { child } of waiting) child.kill('SIGKILL');
    },
  };
};

let bundled: Promise<string> | undefined;

/** The program in one file, which loads in a quarter of the time. It lies two folders deep, where its prompts are found. */
const bundle = async (): Promise<string> => {
  const folder = resolve('.staging', 'chaos');
  await build({
    ...{ config: false, entry: { killed: join(import.meta.dirname, 'killed-release.ts') }, outDir: folder, logLevel: 'silent' },
    ...{ format: 'esm', platform: 'node', target: 'node20', dts: false, clean: false, outExtensions: () => ({ js: '.mjs' }) },
    deps: { alwaysBundle: [/./], neverBundle: ['better-sqlite3', 'jiti'], onlyBundle: false },
  });
  return folder;
};
