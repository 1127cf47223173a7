import { defineConfig } from 'vitest/config';

/** Figures that a busy machine would change, and what would disturb the others: one file after the other. */
const measured = [
  'test/e2e/{storefront,storefront-data,culprit}.test.ts',
  'test/tools/deployment/**/*.test.ts',
  'test/tools/testing/load/*.test.ts',
  'test/examples/**/*.test.ts',
  'test/package/*.test.ts', // builds anew what the others start
];

/** Real processes that are waited for more than they work: several files at a time. */
const waited = ['e2e', 'tools', 'testing', 'replay', 'recordings', 'cli', 'page', 'server', 'desk', 'chaos'].map(
  (room) => `test/${room}/**/*.test.ts`,
);

const shared = { setupFiles: ['test/support/no-network.ts'], testTimeout: 120_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'pure',
          include: ['test/**/*.test.ts'],
          exclude: [...measured, ...waited],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'waited',
          include: waited,
          exclude: measured,
          maxWorkers: 3,
          maxConcurrency: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: { ...shared, name: 'measured', include: measured, fileParallelism: false, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
