import { defineConfig } from 'vitest/config';

/** Real processes, real load and real time: one file after the other, so that no measurement disturbs another. */
const real = [
  'test/e2e/**',
  'test/tools/**',
  'test/examples/**',
  'test/package/**',
  'test/conformance/**',
  'test/replay/**',
  'test/recordings/**',
];
const shared = { setupFiles: ['test/support/no-network.ts'], testTimeout: 120_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'pure',
          include: ['test/**/*.test.ts'],
          exclude: real,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'real',
          include: real.map((folder) => `${folder}/*.test.ts`),
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
