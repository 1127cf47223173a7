import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createJiti } from 'jiti';
import { expect, test } from 'vitest';
import { configSchema } from '../../../src/catalog/config.js';
import { suiteKinds } from '../../../src/catalog/suite-kinds.js';

const example = join(import.meta.dirname, '../../../examples/storefront');
const own = join(import.meta.dirname, '../../../src/catalog/config.ts');
const load = async () => {
  const jiti = createJiti(import.meta.url, { alias: { 'langgraph-staging': own }, moduleCache: false, fsCache: false });
  return configSchema.parse(await jiti.import(join(example, 'staging.config.ts'), { default: true }));
};

test('the configuration is valid and declares every kind of suite', async () => {
  const config = await load();
  expect(config.suites.map((suite) => suite.kind).sort()).toEqual([...suiteKinds].sort());
});

test('what it runs and reads stands in the example', async () => {
  const config = await load();
  const commands = [config.service.build, config.service.migrate, config.service.start, ...config.suites];
  for (const entry of commands) expect(existsSync(join(example, 'service', entry?.command[1] ?? 'missing'))).toBe(true);
  expect(existsSync(join(example, config.security.advisories))).toBe(true);
});

test('visitors ask for recommendations and the load test does not', async () => {
  const config = await load();
  expect(config.load.paths).not.toContain('/api/recommendations');
  for (const traffic of [config.traffic.staging, config.traffic.production]) expect(traffic?.paths).toContain('/api/recommendations');
});

test('the number of the crashing request reaches the service', async () => {
  process.env['STOREFRONT_CRASH_AFTER_REQUESTS'] = '7';
  const config = await load().finally(() => delete process.env['STOREFRONT_CRASH_AFTER_REQUESTS']);
  expect(config.service.start.env).toEqual({ STOREFRONT_CRASH_AFTER_REQUESTS: '7' });
  expect((await load()).service.start.env).toEqual({});
});
