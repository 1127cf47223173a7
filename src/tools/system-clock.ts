import type { Clock } from './ports.js';

/**
 * This machine's clock: the one place where real time enters. It is read once, when the process starts, and goes on at its own pace from
 * there: a clock that is set meanwhile ends no soak and no step of a canary, and turns no duration negative. Time in which the machine
 * sleeps is no time of it.
 */
export const systemClock = {
  passesByItself: true,
  now: () => Math.floor(performance.timeOrigin + performance.now()),
  sleep: (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((done) => {
      if (signal?.aborted) return done();
      const timer = setTimeout(finish, ms);
      function finish() {
        clearTimeout(timer);
        signal?.removeEventListener('abort', finish);
        done();
      }
      signal?.addEventListener('abort', finish, { once: true });
    }),
  alarm: (ms: number, rings: () => void): (() => void) => {
    const timer = setTimeout(rings, ms);
    return () => clearTimeout(timer);
  },
} satisfies Clock;
