import type { Clock } from './ports.js';

/** This machine's clock: the one place where real time enters. */
export const systemClock = {
  passesByItself: true,
  now: () => Date.now(),
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
