import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StagingError } from '../../src/catalog/errors.js';
import { runCommand, startProcess, stopProcess } from '../../src/tools/processes.js';

export type RunningVersion = {
  url: string;
  logLines: readonly LogLine[];
  /** The exit code, once the process has ended by itself or by `stop`. */
  ended: Promise<number | null>;
  stop(): Promise<void>;
};
export type LogLine = { level: 'info' | 'error'; message: string; url?: string };

/** Starts a checked-out version on a free port and waits until it listens. Throws ENVIRONMENT_NOT_READY when it ends before that. */
export const startVersion = async (folder: string, env: Record<string, string> = {}): Promise<RunningVersion> => {
  const child = await startProcess({
    command: ['node', 'src/main.mjs'],
    cwd: folder,
    env: { PORT: '0', DATA_DIR: join(folder, 'data'), ...env },
  });
  const ended = once(child, 'exit').then(() => child.exitCode);
  const logLines: LogLine[] = [];
  const started = new Promise<string>((listens) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const entry = JSON.parse(line) as LogLine; // the shop's own log format
      logLines.push(entry);
      if (entry.message === 'started' && entry.url !== undefined) listens(entry.url);
    });
  });
  child.stderr.resume();
  const url = await Promise.race([started, ended.then(() => null)]);
  if (url === null)
    throw new StagingError(
      'ENVIRONMENT_NOT_READY',
      `Failed to start the shop in ${folder}: ${logLines.at(-1)?.message ?? 'it printed nothing'}.`,
    );
  return { url, logLines, ended, stop: () => stopProcess(child, 5_000) };
};

/** Clones a version into `folder`, replacing what is there, and merges the feature branches onto it. Throws ADAPTER_FAILED, with git's own words. */
export const checkOutVersion = async (
  repository: string,
  version: string,
  folder: string,
  features: readonly string[] = [],
): Promise<void> => {
  await rm(folder, { recursive: true, force: true });
  await git(repository, ['clone', '--quiet', '--branch', version, repository, folder]);
  for (const feature of features) {
    await git(folder, [
      '-c',
      'user.name=Storefront Team',
      '-c',
      'user.email=team@storefront.example',
      'merge',
      '--quiet',
      '--no-edit',
      `origin/feature/${feature}`,
    ]);
  }
};

const git = async (cwd: string, args: readonly string[]): Promise<void> => {
  const { exitCode, output } = await runCommand({ command: ['git', '-c', 'advice.detachedHead=false', ...args], cwd, timeoutMs: 30_000 });
  if (exitCode !== 0) throw new StagingError('ADAPTER_FAILED', `Failed to run git ${args.join(' ')}: ${output.trim()}.`);
};
