import type { Clock, Visitors, Visits } from '../../ports.js';
import { startTraffic } from '../../deployment/traffic.js';

/** Sends an address visitors at their steady rate. No answer and a 5xx are failures; what our own end cuts off is nobody's. */
export const sendVisitors = async (clock: Clock, url: string, { paths, ...traffic }: Visitors, forMs: number): Promise<Visits> => {
  const answers: { status: number | null; ms: number }[] = [];
  let watching = true;
  const visitors = startTraffic(url, traffic, paths, (answer) => void (watching && answers.push(answer)));
  await clock.sleep(forMs);
  watching = false;
  await visitors.stop();
  const sorted = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  return {
    requests: answers.length,
    failed: answers.filter(({ status }) => status === null || status >= 500).length,
    latencyP95Ms: sorted[Math.floor(sorted.length * 0.95)] ?? null,
  };
};
