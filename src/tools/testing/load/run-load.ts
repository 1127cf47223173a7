import type { StagingConfig } from '../../../catalog/config.js';
import { reason } from '../../../catalog/errors.js';
import type { ToolResult } from '../../../catalog/tools.js';
import type { Clock } from '../../ports.js';
import { send } from '../http/send.js';
import { LoadRecorder } from './load-recorder.js';
import { watchResources, type ReadResources } from './watch-resources.js';

type LoadResult = ToolResult<'run_load'>;

const overtimeMs = 10_000;
const sampleMs = 100;

/** Puts the declared load on an address and measures each answer. `errored` when there was none to measure: silence is not speed. */
export const runLoad = async (config: StagingConfig, clock: Clock, url: string, resources: ReadResources): Promise<LoadResult> => {
  const { connections } = config.load;
  const paths = config.load.paths ?? (config.criticalUserPaths.length > 0 ? config.criticalUserPaths : [config.service.health]);
  const recorder = new LoadRecorder();
  const stop = new AbortController();
  const startedAt = performance.now();
  const result = (more: Pick<LoadResult, 'status' | 'reason'> & Partial<LoadResult>): LoadResult => {
    const durationMs = performance.now() - startedAt;
    const requests = recorder.latencies.count;
    const { connection, timeout, status } = recorder.errors;
    const asked = requests + connection + timeout;
    return {
      url,
      paths,
      connections,
      durationMs,
      requests,
      throughputRps: durationMs > 0 ? requests / (durationMs / 1_000) : 0,
      errors: { connection, timeout, status },
      errorRate: asked > 0 ? (connection + timeout + status) / asked : 0,
      ...recorder.latencies.summary(),
      resources: null,
      ...more,
    };
  };
  try {
    await send(url, { path: paths[0] ?? '/' });
    const watched = watchResources(clock, resources, stop.signal);
    const inTime = await drive({ config, url, paths, recorder, clock, stop });
    const ended = result({ status: 'completed', reason: '' });
    stop.abort();
    const largest = { resources: await watched };
    if (!inTime) return { ...ended, ...largest, status: 'errored', reason: `the load did not end within ${overtimeMs / 1_000} s of its time` };
    if (ended.requests === 0) return { ...ended, ...largest, status: 'errored', reason: `no request was answered: ${recorder.lastError || 'none was sent'}` };
    return { ...ended, ...largest };
  } catch (error) {
    return result({ status: 'errored', reason: reason(error) });
  } finally {
    stop.abort();
  }
};
