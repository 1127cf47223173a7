import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { makeRepository } from '../../examples/storefront/make-repository.mjs';
import type { ReleaseDocument } from '../../src/desk/document.js';
import { command } from '../support/command.js';
import { sampled } from '../support/everything.js';
import { leftOver } from '../support/left-over.js';
import { stateDir } from '../support/storefront-release.js';

beforeAll(() => {
  makeRepository();
});

const off = Object.fromEntries(
  ['vulnerability_scan', 'dependency_check', 'code_analysis', 'integration_tests', 'api_tests', 'ui_tests', 'memory_growth'].map(
    (check) => [check, 'not what this is about'],
  ),
);

/** The example's own configuration, made short: fewer suites, less load, a brief soak. */
const short = (flags: object) => `
import base from '../staging.config.ts';
export default {
  ...base,
  service: { ...base.service, repository: '../.work/repo' },
  suites: base.suites.filter((suite) => ['unit', 'regression', 'smoke'].includes(suite.kind)),
  load: { connections: 10, durationMs: 2000, paths: ['/api/products'] },
  performanceTargets: { throughputRps: 50, responseTimeMs: 2000 },
  gates: { ...base.gates, off: ${JSON.stringify(off)} },
  stability: { soakMs: 3000 },
  rollout: { ...base.rollout, steps: [{ weightPercent: 50, pauseMs: 2000 }], watchMs: 2000 },
  flags: ${JSON.stringify(flags)},
};`;

const released = async (flags: object) => {
  const state = await stateDir();
  const config = join(state, 'staging.config.ts');
  await writeFile(config, short(flags));
  const sentence =
    'ship storefront v2.2.0 with wishlist, gift-wrap and fast-checkout to staging, drop what fails, promote it if it is healthy';
  const where = ['--config', config, '--state-dir', state, '--json'];
  const { stdout, exitCode } = await command(['release', sentence, '--approve-as', 'storefront-owner', ...where]);
  const document = JSON.parse(String(stdout)) as ReleaseDocument;
  const explained = await command(['explain', document.release, '--config', config, '--state-dir', state]);
  const verified = await command(['verify', document.release, ...where]);
  return { document, exitCode, explained: String(explained.stdout), verified: verified.exitCode, state };
};

/** `npm test` takes the first; the other is tried on a repository of its own in test/tools/culprit as well. */
const ways = [
  ['by flags, in one preview', { guarded: 'all', settleMs: 500 }, 1, 'alone'],
  ['by building parts, in two previews', { guarded: [] }, 2, 'next_release'],
] as const;
test.concurrent.each(sampled(ways, 2))(
  'the second of three features is found %s and dropped, and the other two are promoted',
  async (_how, flags, previews, confirmedBy) => {
    const { document, exitCode, explained, verified, state } = await released(flags);
    expect({ outcome: document.outcome, exitCode, verified }).toEqual({ outcome: 'promoted', exitCode: 0, verified: 0 });
    expect(document.culprits).toMatchObject([
      { outcome: 'found', culprits: ['gift-wrap'], confirmedBy, confirmed: true, dropped: true, previews, check: 'the regression suite' },
    ]);
    expect(document.blackboard.dropped_features).toMatchObject([{ feature: 'gift-wrap' }]);
    const shipped = document.blackboard.feature_artifacts?.filter((one) => one.attempt === 2).map((one) => one.feature);
    expect(shipped).toEqual(['wishlist', 'fast-checkout']);
    expect(document.reason).toContain('without gift-wrap');
    expect(explained).toContain('culprit: gift-wrap (confirmed), dropped');
    expect(document.deploymentMetrics.droppedRequests).toBe(0);
    expect(await leftOver(state)).toEqual([]);
  },
  240_000,
);
