import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { StagingError } from '../catalog/errors.js';

/**
 * The command replaces this shell, so its pid and exit code are its own. Beside it, in the same process group, a reader holds
 * a pipe from us: when we die, however suddenly, the pipe ends and the whole group with it. Nothing outlives its release.
 */
const guard = '(cat <&3; kill -s KILL -- -$$) >/dev/null 2>&1 & exec 3<&-; exec "$@"';

/** Only these pass from our environment to a child: no key of ours reaches a service or a test. */
const inherited = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'TZ', 'CI', 'DISPLAY'];

export type Command = { command: readonly string[]; cwd: string; env?: Record<string, string> };
export type GuardedProcess = ChildProcess & { stdout: Readable; stderr: Readable };

/** Starts a program as the leader of a process group of its own, which cannot outlive us. Throws COMMAND_MISSING. */
export const startProcess = async ({ command, cwd, env = {} }: Command): Promise<GuardedProcess> => {
  const [program = ''] = command;
  if (!(await findProgram(program, cwd))) {
    throw new StagingError('COMMAND_MISSING', `Failed to run \`${command.join(' ')}\`: there is no program "${program}".`);
  }
  const own = Object.fromEntries(inherited.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
  const child = spawn('/bin/sh', ['-c', guard, 'sh', ...command], {
    cwd,
    env: { ...own, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  child.once('exit', () => signalGroup(child.pid, 'SIGKILL'));
  child.on('error', () => undefined); // reported by 'exit' or by the caller's own deadline
  return child as GuardedProcess; // 'pipe' for both above
};

/** Signals the whole group of a process; says whether there was one. */
export const signalGroup = (pid: number | undefined, signal: NodeJS.Signals): boolean => {
  if (pid === undefined) return false;
  try {
    return process.kill(-pid, signal);
  } catch {
    return false; // ESRCH: the group is gone, which is what every caller wants
  }
};

/** Asks the group to end, and ends it after `graceMs`. Resolves when the process is gone. */
export const stopProcess = async (child: GuardedProcess, graceMs: number): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((done) => child.once('exit', () => done()));
  signalGroup(child.pid, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), graceMs);
  await gone;
  clearTimeout(timer);
};

export type CommandResult = { exitCode: number | null; timedOut: boolean; output: string; durationMs: number };

/** Runs a program to its end, or kills its group after `timeoutMs`. Keeps the last 64 KiB of what it printed. Throws COMMAND_MISSING. */
export const runCommand = async (command: Command & { timeoutMs: number; signal?: AbortSignal }): Promise<CommandResult> => {
  const startedAt = performance.now();
  const child = await startProcess(command);
  const tail = new OutputTail(65_536);
  child.stdout.on('data', (chunk: Buffer) => tail.add(chunk));
  child.stderr.on('data', (chunk: Buffer) => tail.add(chunk));
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    signalGroup(child.pid, 'SIGKILL');
  }, command.timeoutMs);
  const abort = () => signalGroup(child.pid, 'SIGKILL');
  command.signal?.addEventListener('abort', abort, { once: true });
  const exitCode = await new Promise<number | null>((done) => child.once('close', (code) => done(code)));
  clearTimeout(timer);
  command.signal?.removeEventListener('abort', abort);
  return { exitCode, timedOut, output: tail.text(), durationMs: performance.now() - startedAt };
};

class OutputTail {
  private chunks: Buffer[] = [];
  private size = 0;

  constructor(private readonly limit: number) {}

  add(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.size += chunk.length;
    while (this.chunks.length > 1 && this.size - (this.chunks[0]?.length ?? 0) >= this.limit) this.size -= this.chunks.shift()?.length ?? 0;
  }

  text(): string {
    return Buffer.concat(this.chunks).subarray(-this.limit).toString('utf8');
  }
}

/** The path of a program as a shell would find it, or null. */
export const findProgram = async (program: string, cwd: string): Promise<string | null> => {
  const candidates = program.includes('/')
    ? [isAbsolute(program) ? program : resolve(cwd, program)]
    : (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, program));
  for (const path of candidates) {
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return null;
};
