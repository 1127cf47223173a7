import { Pool } from 'undici';
import type { SlotName } from '../../../catalog/tools.js';
import type { SlotCounters } from './slot-counters.js';

/** One started process as the proxy sees it: its connections, and how many requests it holds. */
export type Target = {
  readonly slot: SlotName;
  readonly url: string;
  readonly pool: Pool;
  readonly counters: SlotCounters;
  /** Of copies, whose answers nobody saw. */
  readonly mirrored: SlotCounters;
  healthy: boolean;
  inFlight: number;
};

/** As nginx's proxy_read_timeout: a process that says nothing for this long does not answer. */
const silenceMs = 60_000;

export const openTarget = (slot: SlotName, port: number, counted: Pick<Target, 'counters' | 'mirrored'>): Target => {
  const url = `http://127.0.0.1:${port}`;
  return {
    slot,
    url,
    ...counted,
    pool: new Pool(url, { headersTimeout: silenceMs, bodyTimeout: silenceMs, connect: { timeout: 2_000 } }),
    healthy: false,
    inFlight: 0,
  };
};

/** Whether the path answers 2xx in time. Asked over the same connections that requests take, and not counted. */
export const answersHealthy = async (target: Target, path: string, timeoutMs: number): Promise<boolean> => {
  try {
    const { statusCode, body } = await target.pool.request({ method: 'GET', path, signal: AbortSignal.timeout(timeoutMs) });
    await body.dump();
    return statusCode >= 200 && statusCode < 300;
  } catch {
    return false; // refused, reset or late: that is the answer to the question
  }
};
