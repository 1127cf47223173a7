import type { Call } from './call.js';

/** Passes on what happens until the release has ended, waits for a person or has stopped. The release goes on when the caller leaves. */
export const followed = async (id: string, { desk, tell, signal }: Call): Promise<void> => {
  const stop = desk.follow(tell, { release: id, after: 0 });
  const left = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  try {
    await Promise.race([desk.settled(id), left]);
  } finally {
    stop();
  }
};
