import type { EnvironmentName } from '../../catalog/tools.js';
import type { Ports } from '../ports.js';

/** Given so that none is made for every sample, with its stack. */
const heard = new Error('a sample came, or the time is over');

/**
 * Waits for a sample newer than `heardAt`, at most `ms`, and gives the time of what came. On a clock that stands still while nobody
 * sleeps there is nothing that could come by itself.
 */
export const awaitSample = async (
  { clock, monitoring }: Pick<Ports, 'clock' | 'monitoring'>,
  environment: EnvironmentName,
  heardAt: number,
  ms: number,
): Promise<number> => {
  if (!clock.passesByItself) {
    await clock.sleep(ms);
    return heardAt;
  }
  const enough = new AbortController();
  const waited = clock.sleep(ms, enough.signal).then(() => []);
  try {
    return (await Promise.race([monitoring.next(environment, heardAt, enough.signal), waited])).reduce(
      (last, { at }) => Math.max(last, at),
      heardAt,
    );
  } finally {
    enough.abort(heard);
  }
};
