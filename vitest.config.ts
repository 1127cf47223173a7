import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/no-network.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Real processes share two cores: files run one after the other, so that no measurement disturbs another.
    fileParallelism: false,
  },
});
