import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { command } from '../support/command.js';
import { leftOver } from '../support/left-over.js';
import { tinyService } from '../support/tiny-service.js';

const release = async (folder: string, sentence = 'ship tiny v1.1.0 to staging, promote it if it is healthy') => {
  const result = await command(['release', sentence, '--approve-as', 'owner', '--json'], { cwd: folder });
  return { ...result, text: `${String(result.stdout)}\n${String(result.stderr)}`, left: await leftOver(folder) };
};

/** What every wrong thing has in common: the code, one sentence, no stack trace, nothing left behind. */
const refused = (result: Awaited<ReturnType<typeof release>>, exitCode: number, ...words: string[]) => {
  for (const word of words) expect(result.text).toContain(word);
  expect(result.exitCode).toBe(exitCode);
  expect(result.text).not.toMatch(/\n\s+at .*:\d+/);
  expect(result.left).toEqual([]);
};

test('an unknown version names the ones that exist', async () => {
  const { folder } = await tinyService('node');
  refused(await release(folder, 'ship tiny v9.9.9 to staging'), 2, 'v9.9.9', 'v1.1.0');
});

test('an unknown feature names its branch', async () => {
  const { folder } = await tinyService('node');
  refused(await release(folder, 'ship tiny v1.1.0 with teleport to staging'), 2, 'feature/teleport');
});

test('a repository with uncommitted changes names the files', async () => {
  const { folder, write } = await tinyService('node');
  await write({ 'notes.txt': 'changed\n' });
  refused(await release(folder), 2, 'notes.txt', 'Commit or stash');
});

test('a folder that is no repository is said to be none', async () => {
  const { folder } = await tinyService('node', { service: { repository: '.' } });
  refused(await release(folder), 2, 'service.repository');
});

test('a merge conflict names the file and both branches', async () => {
  const { folder, git, commit } = await tinyService('node');
  for (const feature of ['one', 'two']) {
    await git('switch', '--quiet', '-c', `feature/${feature}`, 'v1.1.0');
    await commit(feature, { 'notes.txt': `${feature}\n` });
  }
  await git('switch', '--quiet', 'main');
  refused(await release(folder, 'ship tiny v1.1.0 with one and two to staging'), 4, 'notes.txt', 'feature/one', 'feature/two');
});

test('a build that fails is rejected with its last line', async () => {
  const { folder, commit } = await tinyService('node', { service: { stable: 'v1.1.1', build: { command: ['node', 'build.mjs'] } } });
  await commit('Build', { 'build.mjs': '' }, 'v1.1.1');
  await commit('Broken build', { 'build.mjs': "console.error('cannot find the frobnicator');\nprocess.exit(1);\n" }, 'v1.2.0');
  refused(await release(folder, 'ship tiny v1.2.0 to staging'), 4, 'cannot find the frobnicator');
});

test('a test command that does not exist is errored, and the gate stays shut', async () => {
  const { folder } = await tinyService('node', {
    suites: [{ name: 'unit', kind: 'unit', command: ['no-such-runner'] }],
    gates: { off: offBut('unit_tests') },
  });
  const result = await release(folder);
  refused(result, 5, 'no-such-runner');
});

test('a suite that writes no report is errored, not passed', async () => {
  const { folder } = await tinyService('node', {
    suites: [{ name: 'unit', kind: 'unit', command: ['true'] }],
    gates: { off: offBut('unit_tests') },
  });
  const result = await release(folder);
  refused(result, 5, 'report');
  expect(JSON.parse(String(result.stdout))).toMatchObject({ outcome: 'errored', rollout: [] });
});

test('a candidate that never answers its health path is rejected before any traffic', async () => {
  const { folder, commit } = await tinyService('node', { service: { start: { command: ['node', 'service.mjs'], readyMs: 1_500 } } });
  await commit('Silent', { 'service.mjs': 'setInterval(() => {}, 1000);\n' }, 'v1.2.0');
  const result = await release(folder, 'ship tiny v1.2.0 to staging');
  refused(result, 4, 'health path');
  expect(JSON.parse(String(result.stdout))).toMatchObject({ rollout: [] });
});

test('a port that is taken is named', async () => {
  const server = createServer();
  const port = await new Promise<number>((done) => server.listen(0, '127.0.0.1', () => done((server.address() as { port: number }).port)));
  const { folder } = await tinyService('node', { service: { start: { command: ['node', 'service.mjs'], port: { staging: port } } } });
  refused(await release(folder), 2, String(port));
  server.close();
});

const offBut = (check: string) =>
  Object.fromEntries(
    [
      'vulnerability_scan',
      'dependency_check',
      'code_analysis',
      'unit_tests',
      'integration_tests',
      'regression_tests',
      'api_tests',
      'ui_tests',
      'smoke_tests',
      'memory_growth',
    ]
      .filter((name) => name !== check)
      .map((name) => [name, 'a service of one file']),
  );
