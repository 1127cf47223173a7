import { defineConfig } from 'langgraph-staging';

const suite = (kind: 'unit' | 'integration' | 'api' | 'ui' | 'regression' | 'smoke') => ({
  name: kind,
  kind,
  command: ['node', 'scripts/run-suite.mjs', kind, '--report', '{report}', '--url', '{url}'],
  timeoutMs: 60_000,
});

/** What a visitor asks for: recommendations come with every visit, but nobody has put them into the load test. */
const visit = { ratePerSecond: 60, connections: 8, paths: ['/', '/api/products', '/api/recommendations'] };

/** v2.9.0 has no way back: it is refused unless somebody accepts that. A canary of it would serve two versions on data that one can't read. */
const forwardOnly = process.env['STOREFRONT_FORWARD_ONLY'] === 'accept' ? 'accept' : 'refuse';

const crashAfter = process.env['STOREFRONT_CRASH_AFTER_REQUESTS'];

/** Releases the example shop. `node examples/storefront/make-repository.mjs` makes the repository first. */
export default defineConfig({
  service: {
    name: 'storefront',
    repository: './.work/repo',
    stable: 'v2.1.1',
    featureBranch: 'feature/{feature}',
    build: { command: ['node', 'scripts/build.mjs'], timeoutMs: 60_000 },
    start: {
      command: ['node', 'src/main.mjs'],
      env: crashAfter === undefined ? {} : { STOREFRONT_CRASH_AFTER_REQUESTS: crashAfter },
    },
    health: '/healthz',
    metrics: '/metrics',
    migrate: { command: ['node', 'scripts/migrate.mjs'] },
  },
  data: {
    sqlite: ['storefront.db'],
    forwardOnly,
    copy: {
      from: 'production',
      seed: process.env['STOREFRONT_COPY_SEED'] ?? 'only an example: nobody lives here',
      tables: {
        migrations: { id: 'keep', applied_at: 'keep' },
        products: { id: 'keep', name: 'keep', category: 'keep', description: 'keep', price_cents: 'keep', available: 'keep', sold: 'keep' },
        cart_lines: { session: 'hash', product_id: 'keep', quantity: 'keep', touched_at: { shiftDays: 60 } },
        orders: {
          ...{ id: 'keep', session: 'hash', total_cents: 'keep', placed_at: { shiftDays: 60 } },
          ...{ email: { fake: 'email' }, customer_id: 'keep' },
        },
        order_lines: { order_id: 'keep', product_id: 'keep', quantity: 'keep', line_cents: 'keep' },
        customers: { id: 'keep', email: { fake: 'email' } },
        visits: 'empty',
        wishes: 'empty',
        gift_cards: 'empty',
      },
    },
  },
  suites: [suite('unit'), suite('integration'), suite('api'), suite('regression'), suite('smoke'), { ...suite('ui'), needs: 'chromium' }],
  criticalUserPaths: ['/', '/api/products', '/api/products/1', '/api/cart'],
  load: { connections: 50, durationMs: 6_000, paths: ['/', '/api/products', '/api/products/1', '/api/cart'] },
  security: { lockFile: 'package-lock.json', advisories: './advisories', sarif: ['reports/lint.sarif'] },
  performanceTargets: {
    responseTimeMs: Number(process.env['STOREFRONT_RESPONSE_TIME_MS'] ?? 200),
    throughputRps: Number(process.env['STOREFRONT_THROUGHPUT_RPS'] ?? 1_000),
    errorRate: 0.001,
  },
  gates: {
    maxErrorLogLines: 0,
    // `measure.ts` prints what this stands between: a healthy version grows 0 to 5 MiB a minute (30 in the first seconds after a cold
    // start), and v2.6.0 about 290.
    maxMemoryGrowthBytesPerMinute: 96 * 1024 ** 2,
  },
  // Seconds, so that the example can be watched from start to end. A real service keeps the default of 24 hours.
  stability: { soakMs: 20_000 },
  rollout: {
    strategy: forwardOnly === 'accept' ? 'blue-green' : 'canary',
    steps: [
      { weightPercent: 10, pauseMs: 5_000 },
      { weightPercent: 50, pauseMs: 5_000 },
    ],
    watchMs: 6_000,
    sampleMs: 500,
    drainMs: 3_000,
    minRequests: 20,
  },
  traffic: { staging: visit, production: visit },
  // Every feature of the shop reads the flag of its name, within 200 ms (service/src/flags.mjs).
  flags: { guarded: 'all', settleMs: 500 },
  approvers: ['storefront-owner'],
});
