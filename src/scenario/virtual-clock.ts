import type { Clock } from '../tools/ports.js';

/** A clock that stands still until somebody sleeps: 48 hours pass in milliseconds, and the real clock is never read. */
export class VirtualClock implements Clock {
  readonly passesByItself = false;

  constructor(private time = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.time;
  }

  sleep(ms: number): Promise<void> {
    this.time += Math.max(0, Math.ceil(ms));
    return Promise.resolve();
  }
}
