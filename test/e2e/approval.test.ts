import { expect, test } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { command } from '../support/command.js';
import { leftOver } from '../support/left-over.js';
import { tinyService } from '../support/tiny-service.js';
import { everything } from '../support/everything.js';

const sentence = 'ship tiny v1.1.0 to staging, promote it if it is healthy';

test('without a terminal the release waits with exit code 3, and approving it from another process promotes it', async () => {
  const { folder, git } = await tinyService('node');
  const waiting = await command(['release', sentence], { cwd: folder });
  expect(waiting.exitCode).toBe(3);
  expect(await leftOver(folder)).toEqual([]);
  const [, id = ''] = /approve ([0-9a-f]{8}) --as owner/.exec(String(waiting.stdout)) ?? [];
  expect(await command(['approve', id, '--as', 'stranger'], { cwd: folder })).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('stranger is not among owner') as string,
  });
  expect((await command(['status'], { cwd: folder })).stdout).toContain('waiting');
  const approved = await command(['approve', id, '--as', 'owner', '--json'], { cwd: folder });
  expect(JSON.parse(String(approved.stdout))).toMatchObject({ outcome: 'promoted' });
  expect(approved.exitCode).toBe(0);
  expect(String((await git('tag')).stdout)).toContain('production/v1.1.0');
  expect((await command(['approve', id, '--as', 'owner'], { cwd: folder })).exitCode).toBe(2);
  expect(await leftOver(folder)).toEqual([]);
});

test.runIf(everything)('a rejection takes staging back to the stable version, with the reason', async () => {
  const { folder } = await tinyService('node');
  const waiting = await command(['release', sentence], { cwd: folder });
  const [, id = ''] = /approve ([0-9a-f]{8}) --as owner/.exec(String(waiting.stdout)) ?? [];
  const rejected = await command(['reject', id, '--as', 'owner', '--comment', 'not before Monday', '--json'], { cwd: folder });
  expect(rejected.exitCode).toBe(4);
  expect(JSON.parse(String(rejected.stdout))).toMatchObject({
    outcome: 'rejected',
    reason: expect.stringContaining('not before Monday') as string,
  });
});

test('Ctrl-C stops every process at once and names the command that goes on', async () => {
  const { folder } = await tinyService('node');
  const running = command(['release', sentence, '--approve-as', 'owner'], { cwd: folder });
  await sleep(6_000);
  running.kill('SIGINT');
  const { exitCode, stderr } = await running;
  expect(exitCode).toBe(130);
  const [, id = ''] = /langgraph-staging resume ([0-9a-f]{8})/.exec(String(stderr)) ?? [];
  expect(await leftOver(folder)).toEqual([]);
  expect(await command(['resume', id], { cwd: folder })).toMatchObject({ exitCode: 0 });
});

test.runIf(everything)('a second release in the same state directory is refused while the first one runs', async () => {
  const { folder } = await tinyService('node');
  const running = command(['release', sentence, '--approve-as', 'owner'], { cwd: folder });
  await sleep(4_000);
  expect(await command(['release', sentence], { cwd: folder })).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('another process is running a release') as string,
  });
  running.kill('SIGTERM');
  expect((await running).exitCode).toBe(143);
});

test('a person cancels a waiting release, and staging goes back to the stable version', async () => {
  const { folder } = await tinyService('node');
  const waiting = await command(['release', sentence], { cwd: folder });
  const [, id = ''] = /approve ([0-9a-f]{8}) --as owner/.exec(String(waiting.stdout)) ?? [];
  const cancelled = await command(['cancel', id, '--as', 'owner', '--json'], { cwd: folder });
  expect(cancelled.exitCode).toBe(4);
  expect(JSON.parse(String(cancelled.stdout))).toMatchObject({
    outcome: 'rolled_back',
    reason: expect.stringContaining('cancelled by owner') as string,
  });
});
