import { stat } from 'node:fs/promises';
import { StagingError, reason } from '../../../catalog/errors.js';
import type { EnvironmentName, EnvironmentStatus, SlotName } from '../../../catalog/tools.js';
import type { Artifact, Clock } from '../../ports.js';
import { signalGroup } from '../../processes.js';
import { followHealth } from './follow-health.js';
import { startRun, type Exit, type Run } from './run.js';
import { createSlotCounters } from './slot-counters.js';
import { openSlotLog } from './slot-log.js';

type SlotState = EnvironmentStatus['slots'][number]['state'];
export type Crash = Exit & { environment: EnvironmentName; slot: SlotName; version: string; at: number };
export type Startup = { healthy: boolean; startupMs: number; detail: string };

export type SlotOptions = {
  environment: EnvironmentName;
  slot: SlotName;
  logPath: string;
  clock: Clock;
  service: { start: { command: readonly string[]; readyMs: number }; health: string };
  /** Asked at every start: addresses may have come since. */
  env: (artifact: Artifact) => Promise<Record<string, string>>;
  /** Once aborted, nothing starts any more. */
  closing: AbortSignal;
  onCrash: (crash: Crash) => void;
  /** A process came or went. */
  onChange: () => void;
};

const backOff = { firstMs: 200, longestMs: 5_000, forgivenAfterMs: 10_000 };
const graceMs = 5_000;

/** A slot: at most one process, started from an artifact, followed by its health, and started again when it dies. */
export const createSlot = ({ environment, slot, clock, service, ...options }: SlotOptions) => {
  const counters = createSlotCounters();
  const mirrored = createSlotCounters();
  const log = openSlotLog(options.logPath, clock);
  let artifact: Artifact | null = null;
  let state: SlotState = 'empty';
  let run: Run | null = null;
  let starting: Promise<unknown> = Promise.resolve();
  let restarts = 0;
  let waitMs = backOff.firstMs;
  let startup: Startup = { healthy: false, startupMs: 0, detail: '' };
  let occupied = new AbortController(); // aborted when the artifact leaves the slot

  /** Replaces what is in the slot. Resolves when the process is healthy, has ended, or `readyMs` are over. */
  const start = async (next: Artifact): Promise<Startup> => {
    await stop();
    if (!(await isFolder(next.path)))
      throw new StagingError('ADAPTER_FAILED', `Failed to start ${next.version}: its artifact ${next.path} is not a folder.`);
    occupied = new AbortController();
    const signal = AbortSignal.any([occupied.signal, options.closing]);
    [artifact, state, restarts, waitMs] = [next, 'starting', 0, backOff.firstMs];
    log.restartCount();
    const begunAt = clock.now();
    const how = await launch(next, signal).catch((error: unknown) => {
      if (!signal.aborted) [artifact, state] = [null, 'empty'];
      throw error;
    });
    if (how !== 'healthy' && !signal.aborted) state = 'unhealthy';
    const why =
      how === 'late'
        ? `${service.health} did not answer 2xx within ${service.start.readyMs} ms`
        : 'the process ended before it was healthy';
    const detail = how === 'healthy' ? '' : [`${why}; the last lines of ${log.path}:`, ...log.tail(20)].join('\n');
    return (startup = { healthy: how === 'healthy', startupMs: clock.now() - begunAt, detail });
  };

  const launch = async (what: Artifact, signal: AbortSignal): Promise<'healthy' | 'late' | 'ended'> => {
    const { command } = service.start;
    const headline = `${what.version} (${what.digest})`;
    const pending = options
      .env(what)
      .then((env) => startRun({ slot, command, cwd: what.path, env, headline, log, counted: { counters, mirrored }, clock }));
    starting = pending;
    const current = await pending;
    if (signal.aborted) {
      await current.stop(0);
      return 'ended';
    }
    run = current;
    options.onChange();
    return new Promise((settle) => {
      let met = false;
      void followHealth(current.target, service.health, clock, current.over, (healthy) => {
        met ||= healthy;
        current.target.healthy = healthy;
        state = healthy ? 'healthy' : 'unhealthy';
        if (healthy) settle('healthy');
      });
      void clock.sleep(service.start.readyMs, current.over).then(() => settle('late'));
      void current.ended.then((exit) => {
        settle('ended');
        if (signal.aborted) return;
        run = null;
        options.onChange();
        log.note(`${what.version} ended by itself: ${exit.signal ?? `exit code ${exit.exitCode}`}`);
        if (!met && restarts === 0) return; // it never ran: starting it again would only repeat that
        state = 'crashed';
        void startAgain(what, signal, clock.now() - current.startedAt);
        options.onCrash({ environment, slot, version: what.version, ...exit, at: clock.now() });
      });
    });
  };

  const startAgain = async (what: Artifact, signal: AbortSignal, livedMs: number): Promise<void> => {
    if (livedMs > backOff.forgivenAfterMs) waitMs = backOff.firstMs;
    await clock.sleep(waitMs, signal);
    waitMs = Math.min(waitMs * 2, backOff.longestMs);
    if (signal.aborted) return;
    restarts += 1;
    await launch(what, signal).catch((error: unknown) => {
      log.note(`${what.version} could not be started again: ${reason(error)}`);
      return startAgain(what, signal, 0);
    });
  };

  /** Empties the slot: from here on it takes no request. The process is asked to end, and ended after 5 s. */
  const stop = async (): Promise<void> => {
    occupied.abort();
    const ending = run;
    [run, artifact, state] = [null, null, 'empty'];
    await ending?.stop(graceMs);
    await starting.then(
      () => undefined,
      () => undefined, // told to whoever started it
    );
    if (ending !== null) options.onChange();
  };

  return {
    slot,
    log,
    counters,
    mirrored,
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
    get startup() {
      return startup;
    },
    /** Ends the process as the kernel would. It counts as a crash. */
    kill: (why: string): void => {
      log.note(why);
      signalGroup(run?.pid, 'SIGKILL');
    },
  };
};

export type Slot = ReturnType<typeof createSlot>;

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false, // what is not there is no folder
  );
