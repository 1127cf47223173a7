import { request } from 'undici';
import { reason } from '../../catalog/errors.js';
import { parsePrometheusText, type Exposition } from './prometheus-text.js';

export type Answer = { healthy: boolean; detail: string };

/** Asks a health path, on a connection of its own, and says how it went; anything but 2xx within the bound is unhealthy. */
export const askHealth = async (url: string, boundMs: number): Promise<Answer> => {
  const startedAt = performance.now();
  try {
    const { statusCode, body } = await get(url, boundMs);
    await readThrough(body as AsyncIterable<Buffer>); // the stream has no encoding set
    const healthy = statusCode >= 200 && statusCode < 300;
    return { healthy, detail: `answered ${statusCode} in ${Math.round(performance.now() - startedAt)} ms` };
  } catch (error) {
    return { healthy: false, detail: failure(error, boundMs) };
  }
};

/** To its end, or as far as anybody needs. Unlike undici's `dump` it throws where the answer breaks off or takes too long. */
const readThrough = async (body: AsyncIterable<Buffer>): Promise<void> => {
  let bytes = 0;
  for await (const chunk of body) if ((bytes += chunk.length) > 65_536) return;
};

/** Reads a service's metrics, or says why it cannot. */
export const scrape = async (url: string, boundMs: number): Promise<Exposition | { failed: string }> => {
  try {
    const { statusCode, body } = await get(url, boundMs, { accept: 'text/plain;version=0.0.4' });
    if (statusCode !== 200) {
      await body.dump({ limit: 65_536 });
      return { failed: `answered ${statusCode}` };
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      // the stream has no encoding set
      bytes += chunk.length;
      if (bytes > maxScrapeBytes) return { failed: `answered more than ${maxScrapeBytes} bytes` };
      chunks.push(chunk);
    }
    return parsePrometheusText(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    return { failed: failure(error, boundMs) };
  }
};

/** About 25 000 lines, which take a tenth of a second to read: the proxy shares this thread. */
const maxScrapeBytes = 2 * 1024 ** 2;

/** Without keep-alive: an idle connection of ours would hold up a service that is told to end. */
const get = (url: string, boundMs: number, headers: Record<string, string> = {}) =>
  request(url, { signal: AbortSignal.timeout(boundMs), reset: true, headers });

const failure = (error: unknown, boundMs: number): string =>
  error instanceof Error && error.name === 'TimeoutError'
    ? `no answer within ${boundMs} ms`
    : `no answer: ${reason(error) || String(error)}`;
