import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeRepository } from '../../examples/storefront/make-repository.mjs';
import { checkOutVersion } from '../../examples/storefront/run-version.js';
import type { ReleaseDocument } from '../../src/desk/document.js';
import { runCommand } from '../../src/tools/processes.js';
import { command } from '../support/command.js';
import { leftOver } from '../support/left-over.js';
import { amongOthers, stateDir } from '../support/storefront-release.js';
import { contentOf } from '../tools/data/fixtures.js';

/** The example's own configuration without its wish for speed, which is not what is tried here. */
const config = `import own from '../staging.config.ts';
export default {
  ...own,
  service: { ...own.service, repository: '../.work/repo' },
  security: { ...own.security, advisories: '../advisories' },
  performanceTargets: { throughputRps: 50, responseTimeMs: 2_000, errorRate: 0.01 },
};
`;
const stable = resolve(`examples/storefront/.work/data-${process.pid}`);

beforeAll(async () => {
  await checkOutVersion(makeRepository().path, 'v2.1.1', stable);
});
afterAll(() => rm(stable, { recursive: true, force: true }));

/** A state directory whose staging has the shop's data with one order in it, as v2.1.1 left it. */
const withData = async () => {
  const state = await stateDir();
  await writeFile(join(state, 'staging.config.ts'), config);
  const dataDir = join(state, 'environments/staging/data');
  await mkdir(dataDir, { recursive: true });
  await runCommand({ command: ['node', 'scripts/migrate.mjs'], cwd: stable, env: { DATA_DIR: dataDir }, timeoutMs: 20_000 });
  const path = join(dataDir, 'storefront.db');
  const database = new Database(path);
  database.exec(
    "INSERT INTO orders VALUES (1, 'a', 'Ada@Shop.Example', 995, 1700000000000); INSERT INTO order_lines VALUES (1, 1, 1, 995)",
  );
  database.close();
  return { state, content: () => contentOf(path) };
};

const released = async (version: string, state: string, env: Record<string, string> = {}) => {
  const request = `ship storefront ${version} to staging, promote it if it is healthy`;
  const options = ['--approve-as', 'storefront-owner', '--config', join(state, 'staging.config.ts'), '--state-dir', state, '--json'];
  const { stdout, exitCode, stderr } = await command(['release', request, ...options], { env: { ...amongOthers, ...env } });
  return { document: JSON.parse(String(stdout)) as ReleaseDocument, exitCode, stderr: String(stderr) };
};

test('v2.8.0 fails under visitors: the traffic goes back, and the data with it, to the byte of every row', async () => {
  const { state, content } = await withData();
  const before = content();
  const { document, stderr } = await released('v2.8.0', state);
  expect(document.outcome, document.reason).toBe('rolled_back');
  expect(document.deploymentMetrics.droppedRequests).toBe(0);
  expect(content()).toEqual(before);
  expect(stderr).toMatch(/losing \d+ rows written since .*visits: \d+ new or changed/);
  expect(await leftOver(state)).toEqual([]);
});

test('v2.9.0 has no way back and is refused before its migration', async () => {
  const { state, content } = await withData();
  const before = content();
  const { document, exitCode } = await released('v2.9.0', state);
  expect({ outcome: document.outcome, exitCode, rollout: document.rollout }, document.reason).toEqual({
    outcome: 'rejected',
    exitCode: 4,
    rollout: [],
  });
  expect(document.reason).toContain('shop-4 can only be fixed forward');
  expect(content()).toEqual(before);
});

test('v2.9.0, accepted, fails under visitors and is frozen: traffic and data stay with it, and nothing is lost', async () => {
  const { state, content } = await withData();
  const { document, exitCode } = await released('v2.9.0', state, { STOREFRONT_FORWARD_ONLY: 'accept' });
  expect({ outcome: document.outcome, exitCode }, document.reason).toEqual({ outcome: 'held', exitCode: 4 });
  expect(document.reason).toMatch(/frozen: the traffic stays on v2\.9\.0 .*shop-4.*Release a version that mends it/);
  expect(document.blackboard.deployment_status).toBe('frozen');
  expect(document.rollout.at(-1)?.weight).toBe(100);
  expect(JSON.stringify(content()['customers'])).toContain('ada@shop.example');
  expect(content()['visits']).toHaveLength(40);
  const record = JSON.parse(await readFile(join(state, 'environments/staging/state.json'), 'utf8')) as {
    activeSlot: 'blue' | 'green';
    slots: Record<string, { version: string } | null>;
  };
  expect(record.slots[record.activeSlot]?.version).toBe('v2.9.0');
});
