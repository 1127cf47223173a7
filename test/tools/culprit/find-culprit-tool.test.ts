import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Evidence, ToolResult } from '../../../src/catalog/tools.js';
import { parseConfig } from '../../../src/graph/parse-config.js';
import { openLocalPorts } from '../../../src/tools/open-local-ports.js';
import { runTool, type ToolContext } from '../../../src/tools/run-tool.js';
import { leftOver } from '../../support/left-over.js';
import { everything } from '../../support/everything.js';
import { noIntents } from '../../support/no-intents.js';
import { tinyService } from '../../support/tiny-service.js';

/** Answers with what the features in its folder make of it. */
const service = `import { createServer } from 'node:http';
import { existsSync, readdirSync } from 'node:fs';
const names = existsSync('features') ? readdirSync('features') : [];
const features = await Promise.all(names.map((name) => import('./features/' + name)));
let count = 0;
createServer((request, response) => {
  count += 1;
  const broken = request.url === '/' && features.some((feature) => feature.breaks(count, names));
  response.writeHead(broken ? 500 : 200).end('fine');
}).listen(Number(process.env.PORT), '127.0.0.1');
`;
const good = 'export const breaks = () => false;\n';
const everyThird = 'export const breaks = (count) => count % 3 === 0;\n';
const with_ = (other: string) => `export const breaks = (count, names) => count % 3 === 0 && names.includes('${other}.mjs');\n`;

/** A release that was rolled back under traffic, and the search for who did it, on real processes. */
const searched = async (features: Record<string, string>, more: { service?: string; request?: Partial<ToolContext['request']> } = {}) => {
  const tiny = await tinyService('node');
  await tiny.commit('Third', { 'service.mjs': more.service ?? service }, 'v1.2.0');
  for (const [name, text] of Object.entries(features)) {
    await tiny.git('switch', '--quiet', '--create', `feature/${name}`, 'main');
    await tiny.commit(name, { [`features/${name}.mjs`]: text });
  }
  await tiny.git('switch', '--quiet', 'main');
  const raw = JSON.parse(readFileSync(join(tiny.folder, 'staging.config.json'), 'utf8')) as object;
  const traffic = { staging: { ratePerSecond: 100, connections: 5 }, production: null };
  const config = parseConfig({ ...raw, traffic });
  const ports = openLocalPorts({ config, configDir: tiny.folder, stateDir: join(tiny.folder, '.staging') });
  const close = async () => {
    await ports.monitoring.close();
    await ports.deployment.close();
  };
  onTestFinished(close);
  await ports.deployment.provision('staging', await ports.source.artifactOf('v1.0.0'));
  const breach = { metric: 'error_rate', value: 0.3, target: 0.02, firstSampleAt: 0 };
  const rollout = { digest: '', tool: 'run_rollout', source: 'local', at: 0, attempt: 1, args: {}, data: { breach } } as Evidence; // only what is looked at
  const request = {
    service: 'tiny',
    version: 'v1.2.0',
    features: Object.keys(features),
    target: 'staging',
    text: '',
    preApprovedBy: null,
  } as const;
  const context: ToolContext = {
    releaseId: 'r1',
    request: { ...request, ...more.request },
    config,
    attempt: 1,
    by: 'runbook',
    ports,
    all: [rollout],
    weight: () => Promise.resolve(),
    intents: noIntents,
    goOn: () => undefined,
    trouble: () => Promise.resolve(),
  };
  const caller = { agent: 'environment_manager', routine: 'rollback-routine', by: 'code', at: 0, earlier: () => [] } as const;
  const result = (await runTool({ tool: 'find_culprit', args: {}, caller }, context)) as ToolResult<'find_culprit'>;
  const { slots } = await ports.deployment.status('staging');
  await close();
  return { result, slots, left: await leftOver(tiny.folder), worktrees: (await tiny.git('worktree', 'list')).stdout.split('\n').length };
};

test('the feature that fails under traffic is found among three, and no preview or worktree stays behind', async () => {
  const { result, slots, left, worktrees } = await searched({ a: good, b: everyThird, c: good });
  expect(result).toMatchObject({ outcome: 'found', culprits: ['b'], confirmedBy: 'alone', kind: 'traffic', previews: 3 });
  expect(result.probes.map(({ features, outcome }) => [...features, outcome])).toEqual([
    ['a', 'b', 'failed'],
    ['a', 'passed'],
    ['b', 'failed'],
  ]);
  expect(result.probes[0]?.detail).toMatch(/\d+ of \d+ requests failed/);
  expect(slots.map((slot) => slot.version)).toEqual(['v1.0.0', null]);
  expect({ left, worktrees }).toEqual({ left: [], worktrees: 1 });
});

test.runIf(everything)('two features that only fail together are named as the two', async () => {
  const { result } = await searched({ a: good, b: with_('c'), c: good });
  expect(result).toMatchObject({ outcome: 'interaction', previews: 6 });
  expect([...result.culprits].sort()).toEqual(['b', 'c']);
});

test('a version that fails without any feature accuses none of them', async () => {
  const bad = service.replace('features.some', 'count % 2 === 0 || features.some');
  const { result } = await searched({ a: good, b: good }, { service: bad });
  expect(result).toMatchObject({ outcome: 'none_of_them', culprits: [] });
});

test.runIf(everything)('a part that does not start is not a verdict on its features', async () => {
  const { result } = await searched({ a: good, b: 'process.exit(1);\n' });
  expect(result).toMatchObject({ outcome: 'inconclusive', culprits: [] });
});
