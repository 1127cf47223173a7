import type { StagingConfig } from '../../../catalog/config.js';
import { reason } from '../../../catalog/errors.js';
import type { ToolResult } from '../../../catalog/tools.js';
import type { Clock } from '../../ports.js';
import { pathUnder, send } from '../http/send.js';
import { probePaths } from '../http/probe-paths.js';
import { LoadRecorder } from './load-recorder.js';
import { watchResources, type ReadResources } from './watch-resources.js';

type LoadResult = Omit<ToolResult<'run_load'>, 'restarts'>; // the tool knows the process; here there is an address

const overtimeMs = 10_000;

/** Puts the declared load on an address and measures each answer. `errored` when there was none to measure: silence is not speed. */
export const runLoad = async (config: StagingConfig, clock: Clock, url: string, resources: ReadResources): Promise<LoadResult> => {
  const paths = config.load.paths ?? probePaths(config);
  const recorder = new LoadRecorder();
  const stop = new AbortController();
  const base = { url, paths, connections: config.load.connections };
  try {
    await send(url, { path: paths[0] ?? '/' });
    const largest = watchResources(clock, resources, stop.signal);
    const { inTime, durationMs } = await drive({ config, clock, url, paths, recorder, signal: stop.signal });
    return { ...base, ...measured(recorder, durationMs), resources: largest(), ...judged(recorder, inTime) };
  } catch (error) {
    return { ...base, ...measured(recorder, 0), resources: null, status: 'errored', reason: reason(error) };
  } finally {
    stop.abort();
  }
};

type Drive = { config: StagingConfig; clock: Clock; url: string; paths: readonly string[]; recorder: LoadRecorder; signal: AbortSignal };

const drive = async ({ config, clock, url, paths, recorder, signal }: Drive): Promise<{ inTime: boolean; durationMs: number }> => {
  const { default: autocannon } = await import('autocannon');
  const { connections, durationMs } = config.load;
  const startedAt = performance.now();
  const options = {
    url,
    connections,
    duration: durationMs / 1_000,
    sampleInt: 100, // how soon it notices that its time is over
    timeout: timeoutSeconds(durationMs),
    requests: paths.map((path) => ({ method: 'GET' as const, path: pathUnder(url, path) })),
    setupClient: recorder.follow,
  };
  const inTime = await new Promise<boolean>((ended, failed) => {
    const run = autocannon(options, (error: Error | null) => (error ? failed(error) : ended(true)));
    void clock.sleep(durationMs + overtimeMs, signal).then(() => {
      run.stop();
      ended(false);
    });
  });
  return { inTime, durationMs: performance.now() - startedAt };
};

/** A request may take half of the run, at most 10 s: an answer that would come after the end must not go uncounted. */
const timeoutSeconds = (durationMs: number): number => Math.min(10, Math.max(1, durationMs / 2_000));

const measured = ({ latencies, errors }: LoadRecorder, durationMs: number) => {
  const requests = latencies.count;
  const asked = requests + errors.connection + errors.timeout;
  return {
    durationMs,
    requests,
    throughputRps: durationMs > 0 ? requests / (durationMs / 1_000) : 0,
    errors: { ...errors },
    errorRate: asked > 0 ? (errors.connection + errors.timeout + errors.status) / asked : 0,
    ...latencies.summary(),
  };
};

const judged = ({ latencies, lastError }: LoadRecorder, inTime: boolean): Pick<LoadResult, 'status' | 'reason'> => {
  if (!inTime) return { status: 'errored', reason: `the load did not end within ${overtimeMs / 1_000} s of its time` };
  if (latencies.count === 0) return { status: 'errored', reason: `no request was answered: ${lastError || 'none was sent in this time'}` };
  return { status: 'completed', reason: '' };
};
