import { defineConfig } from 'vitest/config';

/** What puts other modules in the place of ours, which would stay there for the next file of a worker. */
const apart = ['test/safety/guards-off.test.ts', 'test/tools/data/postgres/pg-missing.test.ts'];

/** Figures that a busy machine would change, and what would disturb the others: one file after the other. */
const measured = [
  'test/tools/deployment/local/{switch-under-load,traffic-shaping}.test.ts',
  'test/tools/testing/load/*.test.ts',
  'test/examples/storefront/{canary,faults}.test.ts',
  ...apart,
];

/** Whole releases of the example shop on real processes: mostly pauses and soaks, and a few seconds of load that leave room for another. */
const released = ['test/e2e/{storefront,storefront-faults,storefront-data,culprit}.test.ts'];

/** Real processes that are waited for more than they work: several files at a time. */
const waited = [
  ...['e2e', 'package', 'tools', 'testing', 'replay', 'recordings', 'cli', 'page', 'server', 'desk', 'chaos', 'examples'].map(
    (room) => `test/${room}/**/*.test.ts`,
  ),
];

/** Without isolation, what the tests import is evaluated once a worker, not once a file. */
const shared = {
  setupFiles: ['test/support/no-network.ts', 'test/support/bounded-properties.ts'],
  testTimeout: 120_000,
  hookTimeout: 120_000,
};

export default defineConfig({
  test: {
    globalSetup: 'test/support/temporary-files.ts',
    projects: [
      {
        test: {
          ...shared,
          name: 'pure',
          isolate: false,
          maxWorkers: 2, // left out, one processor is kept free
          include: ['test/**/*.test.ts'],
          exclude: [...measured, ...released, ...waited],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'waited',
          isolate: false,
          include: waited,
          exclude: [...measured, ...released],
          maxWorkers: 3,
          maxConcurrency: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...shared,
          name: 'released',
          include: released,
          maxWorkers: 2,
          maxConcurrency: 2,
          testTimeout: 300_000, // four releases at a time: two minutes and more each, where the machine is slow
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: { ...shared, name: 'measured', include: measured, fileParallelism: false, sequence: { groupOrder: 3 } },
      },
    ],
  },
});
