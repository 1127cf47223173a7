import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Nothing is cached beside the code: the folder that is tested is the folder that is released. */
export default {
  cacheDir: join(tmpdir(), 'storefront-vitest'),
  test: { include: ['**/*.test.mjs'], testTimeout: 10_000, maxWorkers: 2, pool: 'threads' },
};
