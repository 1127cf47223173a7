import { Pool } from 'undici';
import type { StagingConfig, TrafficConfig } from '../../catalog/config.js';

/**
 * Visitors for an environment that has none: requests at a steady rate, so that a canary has something to be judged by.
 * What they get is counted by the proxy; here an answer of any kind is an answer.
 */
export const startTraffic = (
  url: string,
  config: Omit<TrafficConfig, 'paths'>,
  paths: readonly string[],
  /** Told of every answer; a status of null is none. */
  answered: (answer: { status: number | null; ms: number }) => void = () => undefined,
): { stop: () => Promise<{ sent: number; failed: number }> } => {
  const pool = new Pool(url, { connections: config.connections, pipelining: 1, bodyTimeout: 10_000, headersTimeout: 10_000 });
  let sent = 0;
  let inFlight = 0;
  let failed = 0;
  const startedAt = performance.now();
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * config.ratePerSecond);
    // Visitors that find every connection taken do not queue up for ever.
    while (sent < due && inFlight < config.connections * 4) {
      const path = paths[sent % paths.length] ?? '/';
      sent += 1;
      inFlight += 1;
      void visit(path);
    }
    sent = Math.max(sent, due);
  }, 20);

  const visit = async (path: string): Promise<void> => {
    const askedAt = performance.now();
    try {
      const { body, statusCode } = await pool.request({ path, method: 'GET' });
      await body.dump();
      answered({ status: statusCode, ms: performance.now() - askedAt });
    } catch {
      answered({ status: null, ms: performance.now() - askedAt });
      failed += 1; // the proxy counts what it dropped; a visitor just comes again
    } finally {
      inFlight -= 1;
    }
  };

  return {
    stop: async () => {
      clearInterval(timer);
      await pool.destroy();
      return { sent, failed };
    },
  };
};

/** Where visitors go: what the configuration says, else its critical user paths, else the health path. */
export const visitedPaths = ({ criticalUserPaths, service }: StagingConfig, { paths }: TrafficConfig): readonly string[] =>
  paths ?? (criticalUserPaths.length > 0 ? criticalUserPaths : [service.health]);
