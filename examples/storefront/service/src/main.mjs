import { join } from 'node:path';
import { log } from './log.mjs';
import { openShop } from './shop.mjs';

/**
 * Starts the shop: PORT (0 takes a free one), HOST, DATA_DIR.
 * SIGTERM and SIGINT end it once the requests in flight are answered.
 */
const port = Number(process.env.PORT ?? 3000);
const host = process.env.HOST ?? '127.0.0.1';
const dataDir = process.env.DATA_DIR ?? join(import.meta.dirname, '..', 'data');
const patienceMs = 10_000;

const crash = (error) => {
  log.error('the process ends after an error that nobody handled', { error });
  process.exit(1);
};
process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);

const shop = await openShop({ dataDir });
await shop.listen(port, host);
log.info('started', { url: shop.url(), version: shop.version, features: shop.featureNames });

let stopping = false;
const stop = async (signal) => {
  if (stopping) return;
  stopping = true;
  log.info('stopping', { signal });
  await shop.close(patienceMs);
  log.info('stopped');
  process.exit(0);
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
