import { stat } from 'node:fs/promises';
import { StagingError } from '../../../catalog/errors.js';
import type { EnvironmentName, EnvironmentStatus, SlotName } from '../../../catalog/tools.js';
import type { Artifact, Clock } from '../../ports.js';
import { signalGroup, startProcess, stopProcess, type GuardedProcess } from '../../processes.js';
import { giveBackPort, takeFreePort } from './free-port.js';
import { followHealth } from './follow-health.js';
import { createSlotCounters } from './slot-counters.js';
import { openSlotLog } from './slot-log.js';
import { openTarget, type Target } from './target.js';

export type SlotState = EnvironmentStatus['slots'][number]['state'];
export type Crash = { environment: EnvironmentName; slot: SlotName; version: string; exitCode: number | null; signal: NodeJS.Signals | null; at: number };
export type Startup = { healthy: boolean; startupMs: number; detail: string };

export type SlotOptions = {
  environment: EnvironmentName;
  slot: SlotName;
  logPath: string;
  clock: Clock;
  service: { start: { command: readonly string[]; readyMs: number }; health: string };
  /** PORT is added for each start. */
  env: Record<string, string>;
  onCrash: (crash: Crash) => void;
  /** A process came or went. */
  onChange: () => void;
};

/** One life of the process in a slot. */
export type Run = { child: GuardedProcess; pid: number; port: number; command: string[]; target: Target; startedAt: number; over: AbortController };

const backOff = { firstMs: 200, longestMs: 5_000, forgivenAfterMs: 10_000 };
const graceMs = 5_000;

/** A slot: at most one process, started from an artifact, followed by its health, and started again when it dies. */
export const createSlot = (options: SlotOptions) => {
  const { environment, slot, clock, service } = options;
  const counters = createSlotCounters();
  const log = openSlotLog(options.logPath);
  let artifact: Artifact | null = null;
  let state: SlotState = 'empty';
  let run: Run | null = null;
  let restarts = 0;
  let lastStart: Startup = { healthy: false, startupMs: 0, detail: '' };
  let occupied = new AbortController(); // aborted when the artifact leaves the slot

  const start = async (next: Artifact): Promise<Startup> => {
    await stop();
    if (!(await isFolder(next.path))) throw new StagingError('ADAPTER_FAILED', `Failed to start ${next.version}: the artifact folder ${next.path} is missing.`);
    artifact = next;
    restarts = 0;
    occupied = new AbortController();
    log.restartCount();
    state = 'starting';
    const begunAt = clock.now();
    const outcome = await launch(next, occupied.signal).catch((error: unknown) => {
      artifact = null;
      state = 'empty';
      throw error;
    });
    const startupMs = clock.now() - begunAt;
    const healthy = outcome === 'healthy';
    if (!healthy && !occupied.signal.aborted) state = 'unhealthy';
    const why = outcome === 'late' ? `${service.health} did not answer 2xx within ${service.start.readyMs} ms` : 'the process ended before it was healthy';
    lastStart = { healthy, startupMs, detail: healthy ? '' : [`${why}; last lines of ${log.path}:`, ...log.tail(20)].join('\n') };
    return lastStart;
  };

  /** Starts one process and says how its first `readyMs` went. Only a process that was healthy once is started again. */
  const launch = async (what: Artifact, signal: AbortSignal): Promise<'healthy' | 'late' | 'ended'> => {
    const port = await takeFreePort();
    const command = service.start.command.map((part) => part.replaceAll('{port}', String(port)));
    log.note(`${new Date(clock.now()).toISOString()} starting ${what.version} (${what.digest}) on port ${port}: ${command.join(' ')}`);
    const child = await startProcess({ command, cwd: what.path, env: { ...options.env, PORT: String(port) } }).catch((error: unknown) => {
      giveBackPort(port);
      throw error;
    });
    const target = openTarget(slot, port, counters);
    const over = new AbortController();
    const current: Run = { child, pid: child.pid ?? 0, port, command, target, startedAt: clock.now(), over };
    run = current;
    log.follow(child.stdout);
    log.follow(child.stderr);
    options.onChange();

    return new Promise((settle) => {
      let wasHealthy = false;
      child.once('close', (exitCode, exitSignal) => {
        over.abort();
        giveBackPort(port);
        target.healthy = false;
        void target.pool.destroy();
        if (run === current) run = null;
        options.onChange();
        settle('ended');
        if (signal.aborted) return;
        log.note(`${what.version} ended by itself: ${exitSignal ?? `exit code ${exitCode}`}`);
        if (!wasHealthy && restarts === 0) return;
        state = 'crashed';
        options.onCrash({ environment, slot, version: what.version, exitCode, signal: exitSignal, at: clock.now() });
        void startAgain(what, signal, clock.now() - current.startedAt);
      });
      void followHealth(target, service.health, clock, over.signal, (healthy) => {
        wasHealthy ||= healthy;
        target.healthy = healthy;
        if (!signal.aborted) state = healthy ? 'healthy' : 'unhealthy';
        if (healthy) settle('healthy');
      });
      void clock.sleep(service.start.readyMs, over.signal).then(() => settle(over.signal.aborted ? 'ended' : 'late'));
    });
  };

  let waitMs = backOff.firstMs;
  const startAgain = async (what: Artifact, signal: AbortSignal, livedMs: number): Promise<void> => {
    if (livedMs > backOff.forgivenAfterMs) waitMs = backOff.firstMs;
    await clock.sleep(waitMs, signal);
    waitMs = Math.min(waitMs * 2, backOff.longestMs);
    if (signal.aborted) return;
    restarts += 1;
    await launch(what, signal).catch((error: unknown) => {
      log.note(`could not be started again: ${String(error)}`);
      return startAgain(what, signal, 0);
    });
  };

  /** Empties the slot. The process is asked to end, and ended after 5 s. */
  const stop = async (): Promise<void> => {
    occupied.abort();
    waitMs = backOff.firstMs;
    const ending = run;
    run = null; // no new request from here on
    artifact = null;
    state = 'empty';
    if (ending === null) return;
    ending.over.abort();
    const gone = new Promise<void>((done) => ending.child.once('close', () => done()));
    void ending.target.pool.close(); // its idle connections would keep a polite server waiting
    await stopProcess(ending.child, graceMs);
    await gone;
  };

  return {
    slot,
    log,
    counters,
    start,
    stop,
    get artifact() {
      return artifact;
    },
    get state() {
      return state;
    },
    get run() {
      return run;
    },
    get restarts() {
      return restarts;
    },
    get lastStart() {
      return lastStart;
    },
    /** Ends the process as the kernel would. It counts as a crash. */
    kill: (why: string): void => {
      if (run === null) return;
      log.note(why);
      signalGroup(run.pid, 'SIGKILL');
    },
  };
};

export type Slot = ReturnType<typeof createSlot>;

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false, // what is not there is no folder
  );
