import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { build } from 'tsdown';
import type { Ports } from '../../src/tools/ports.js';
import type { WorkerJob } from './worker-process.js';
import { serveWorlds, type Call } from './world-by-ipc.js';

export type WorkerProcess = {
  child: ChildProcess;
  /** Begins to work. */
  start: (job: Omit<WorkerJob, 'kind'>) => Promise<void>;
};

/** Starts worker processes that reach these worlds. `lost` says of a call that was carried out whether its answer is lost; `said` hears what they say. */
export const workerProcesses = async (
  worlds: Readonly<Record<string, Ports>>,
  {
    lost = () => false,
    said = () => undefined,
  }: { lost?: (call: Call, child: ChildProcess) => boolean; said?: (line: string) => void } = {},
) => {
  const program = join(await (bundled ??= bundle()), 'worker.mjs');
  const running = new Set<ChildProcess>();
  return {
    /** One that has loaded the program and waits for its job. */
    load: async (): Promise<WorkerProcess> => {
      const child = fork(program, {
        ...{ execArgv: [], serialization: 'advanced' as const },
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      running.add(child);
      child.once('exit', () => running.delete(child));
      await once(child, 'message');
      serveWorlds(child, worlds, (call) => lost(call, child));
      child.on('message', (message: { kind?: string; line?: string }) => message.kind === 'said' && said(message.line ?? ''));
      const start = async (job: Omit<WorkerJob, 'kind'>): Promise<void> => {
        const works = new Promise<void>((done) => child.on('message', (message: { kind?: string }) => message.kind === 'works' && done()));
        child.send({ ...job, kind: 'job' } satisfies WorkerJob);
        await Promise.race([works, once(child, 'exit')]);
      };
      return { child, start };
    },
    close: async (): Promise<void> => {
      const ended = [...running].map((child) => once(child, 'exit'));
      for (const child of running) child.kill('SIGKILL');
      await Promise.all(ended);
    },
  };
};

let bundled: Promise<string> | undefined;

/** The program in one file, which loads in a quarter of the time. It lies two folders deep, where its prompts are found. */
const bundle = async (): Promise<string> => {
  const folder = resolve('.staging', 'chaos-workers');
  await build({
    ...{ config: false, entry: { worker: join(import.meta.dirname, 'worker-process.ts') }, outDir: folder, logLevel: 'silent' },
    ...{ format: 'esm', platform: 'node', target: 'node20', dts: false, clean: false, outExtensions: () => ({ js: '.mjs' }) },
    deps: { alwaysBundle: [/./], neverBundle: ['better-sqlite3', 'jiti', 'pg', 'pg-boss', 'pg-native'], onlyBundle: false },
  });
  return folder;
};
