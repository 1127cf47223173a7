import type { Clock } from '../tools/ports.js';

/** A clock that stands still until somebody sleeps: 48 hours pass in milliseconds, and the real clock is never read. */
export class VirtualClock implements Clock {
  readonly passesByItself = false;

  private readonly waiting = new Set<{ at: number; isOver: () => void }>();

  constructor(private time = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.time;
  }

  sleep(ms: number): Promise<void> {
    this.time += Math.max(0, Math.ceil(ms));
    for (const one of this.waiting) if (one.at <= this.time) one.isOver();
    return Promise.resolve();
  }

  alarm(ms: number, rings: () => void): () => void {
    const one = { at: this.time + ms, isOver: () => (this.waiting.delete(one), void inTime().then(rings)) };
    this.waiting.add(one);
    return () => this.waiting.delete(one);
  }
}

/** Enough turns of the event loop for whatever answers from memory. */
const inTime = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((next) => setImmediate(next));
};
