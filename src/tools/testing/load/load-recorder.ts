import type { Client } from 'autocannon';
import { LatencyHistogram } from './latency-histogram.js';

/**
 * Follows every request of every connection. autocannon's own numbers would flatter the candidate: it rounds latencies to whole
 * milliseconds, says nothing of a connection that ends without an answer, and after a reconnect times the wrong request.
 */
export class LoadRecorder {
  readonly latencies = new LatencyHistogram();
  readonly errors = { connection: 0, timeout: 0, status: 0 };
  lastError = '';

  /** Listens to one connection from its first request on; it carries one request at a time, and comes back after it ended. */
  readonly follow = (client: Client): void => {
    let sentAt: number | null = null;
    let keepsAlive = true;
    let closing = false; // the last answer announced that its connection ends
    let doomed = false; // the open request went out on such a connection: that it is lost is nobody's error
    let lost = false;
    // `addListener`, because the typings of `on` leave most of these events out.
    client.addListener('request', () => {
      lost = sentAt !== null && !doomed; // still open: the connection ended and was made anew
      if (lost) this.connectionError('the connection ended before the answer did');
      doomed = closing;
      closing = false;
      sentAt = performance.now();
    });
    client.addListener('headers', (head: { shouldKeepAlive?: boolean }) => {
      keepsAlive = head.shouldKeepAlive !== false;
    });
    client.addListener('response', (status: number) => {
      if (sentAt !== null) this.latencies.add(performance.now() - sentAt);
      if (status >= 400) this.errors.status += 1;
      closing = !keepsAlive;
      sentAt = null;
    });
    client.addListener('connError', (error: NodeJS.ErrnoException) => {
      if (!doomed) this.connectionError(error.message || error.code || 'no connection');
      sentAt = null;
    });
    client.addListener('timeout', () => {
      // It comes after the request of the next connection, which took the open one for lost.
      if (lost) this.errors.connection -= 1;
      lost = false;
      this.errors.timeout += 1;
      this.lastError = 'the request timed out';
    });
  };

  private connectionError(why: string): void {
    this.errors.connection += 1;
    this.lastError = why;
  }
}
