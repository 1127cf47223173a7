import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterEach, expect, test } from 'vitest';
import { serving, tokens } from '../../support/serving.js';

const langgraphStaging = [process.execPath, '--import', import.meta.resolve('tsx'), resolve('src/cli/main.ts')];

/** Nobody else here needs it: npx keeps it in its cache. */
const hasInspector =
  spawnSync('npx', ['-y', '--package', '@modelcontextprotocol/inspector-cli@0.15.0', '-c', 'true'], { timeout: 180_000 }).status === 0;
if (!hasInspector) console.warn('Skipped: npx could not fetch @modelcontextprotocol/inspector-cli, so nothing inspects the server.');

let stop: (() => Promise<unknown>) | null = null;
afterEach(async () => {
  await stop?.();
  stop = null;
});

/** The example as its README starts it, against a server of its own. */
const ship = async (protocol: 'mcp' | 'a2a', args: string[] = []) => {
  const folder = await mkdtemp(join(tmpdir(), 'agents-'));
  const server = await serving(`examples/${protocol}/staging.config.json`, folder);
  stop = server.stop;
  const { exitCode, stdout, stderr } = await execa(process.execPath, [resolve(`examples/${protocol}/ship.mjs`), server.url, ...args], {
    ...{ cwd: folder, env: tokens, reject: false, timeout: 60_000 },
  });
  return { folder, exitCode, stdout, stderr };
};

test('the MCP example takes a release through over stdio: the person whose credential it is answers the form', async () => {
  const { exitCode, stdout, stderr } = await ship('mcp', langgraphStaging);
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toContain('approve_release: owner has approved the promotion of storefront v2.2.0');
  expect(stdout).toContain('get_release: SIMULATED storefront v2.2.0');
  expect(stdout).toContain('report: security passed');
});

test.skipIf(!hasInspector)(
  'the command-line client of the MCP Inspector takes a release through, approval included',
  async () => {
    const server = await serving('examples/mcp/staging.config.json', await mkdtemp(join(tmpdir(), 'agents-')));
    stop = server.stop;
    const { exitCode, stdout, stderr } = await execa(resolve('examples/mcp/inspect.sh'), [server.url], {
      ...{ env: { ...tokens, LANGGRAPH_STAGING: langgraphStaging.join(' ') }, reject: false },
    });
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^release [0-9a-f]{8} waits for: approval$/),
      'rita may not: ROLE_MISSING',
      'owner has approved it',
      expect.stringMatching(/^release [0-9a-f]{8}: promoted$/),
    ]);
  },
  120_000,
);

test('the A2A example takes a release through and keeps its report and its evidence', async () => {
  const { folder, exitCode, stdout, stderr } = await ship('a2a');
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toContain('promoted');
  expect(await readFile(join(folder, 'report.html'), 'utf8')).toContain('Checks of the security gate');
  expect(JSON.parse(await readFile(join(folder, 'evidence.json'), 'utf8'))).toMatchObject({
    outcome: 'promoted',
    request: { requestedBy: 'rita' },
  });
});
