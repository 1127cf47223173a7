import { startProcess, stopProcess, type GuardedProcess } from '../../processes.js';
import type { Clock } from '../../ports.js';
import type { SlotName } from '../../../catalog/tools.js';
import { giveBackPort, takeFreePort } from './free-port.js';
import type { SlotLog } from './slot-log.js';
import { openTarget, type Target } from './target.js';

export type Exit = { exitCode: number | null; signal: NodeJS.Signals | null };

/** One life of the process in a slot. */
export type Run = {
  pid: number;
  port: number;
  command: string[];
  target: Target;
  startedAt: number;
  /** Resolves when the process is gone and what it printed is read. */
  ended: Promise<Exit>;
  /** Aborted when it ends or is told to. */
  over: AbortSignal;
  stop: (graceMs: number) => Promise<void>;
};

export type RunOptions = {
  slot: SlotName;
  command: readonly string[];
  cwd: string;
  env: Record<string, string>;
  headline: string;
  log: SlotLog;
  counted: Pick<Target, 'counters' | 'mirrored'>;
  clock: Clock;
};

/** Starts the service on a free port and reads what it prints. Throws COMMAND_MISSING. */
export const startRun = async ({ slot, cwd, env, headline, log, counted, clock, ...options }: RunOptions): Promise<Run> => {
  const port = await takeFreePort();
  const command = options.command.map((part) => part.replaceAll('{port}', String(port)));
  const startedAt = clock.now();
  log.note(`${new Date(startedAt).toISOString()} starting ${headline} on port ${port}: ${command.join(' ')}`);
  const child = await startProcess({ command, cwd, env: { ...env, PORT: String(port) } }).catch((error: unknown) => {
    giveBackPort(port);
    throw error;
  });
  log.follow(child.stdout);
  log.follow(child.stderr);
  const target = openTarget(slot, port, counted);
  const over = new AbortController();
  child.once('exit', () => (target.healthy = false));
  const ended = whenEnded(child).then((exit) => {
    over.abort();
    giveBackPort(port);
    void target.pool.destroy();
    return exit;
  });
  const stop = async (graceMs: number): Promise<void> => {
    over.abort();
    target.healthy = false;
    void target.pool.close(); // its idle connections would keep a polite server waiting; requests in flight go on
    await stopProcess(child, graceMs);
    await ended;
  };
  return { pid: child.pid ?? 0, port, command, target, startedAt, ended, over: over.signal, stop };
};

/** What a process printed last is read after its exit; a stranger that holds its pipes open is not waited for. */
const whenEnded = (child: GuardedProcess): Promise<Exit> =>
  new Promise((resolve) => {
    child.once('exit', (exitCode, signal) => setTimeout(() => resolve({ exitCode, signal }), 500).unref());
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal }));
  });
