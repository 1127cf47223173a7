import { expect, test } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { command } from '../support/command.js';
import { leftOver } from '../support/left-over.js';
import { tinyService } from '../support/tiny-service.js';
import { everything } from '../support/everything.js';

const sentence = 'ship tiny v1.1.0 to staging, promote it if it is healthy';

/** Waits until the progress of a command tells of something. */
const told = ({ stderr }: ReturnType<typeof command>, word: string): Promise<void> =>
  new Promise((resolve) => stderr?.on('data', (chunk) => String(chunk).includes(word) && resolve()));

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

test('Ctrl-C finishes what is under way, stops every process and names the command that goes on', async () => {
  const { folder } = await tinyService('node');
  const running = command(['release', sentence, '--approve-as', 'owner'], { cwd: folder });
  await told(running, 'build_artifact');
  running.kill('SIGINT');
  const { exitCode, stderr, stdout } = await running;
  expect(exitCode).toBe(130);
  expect(stdout).toContain('stopped (SIGINT): what had begun is finished');
  const [, id = ''] = /langgraph-staging resume ([0-9a-f]{8})/.exec(String(stderr)) ?? [];
  expect(await leftOver(folder)).toEqual([]);
  expect(await command(['resume', id], { cwd: folder })).toMatchObject({ exitCode: 0 });
});

test.runIf(everything)('a second release in the same state directory is refused while the first one runs', async () => {
  const { folder } = await tinyService('node');
  const running = command(['release', sentence, '--approve-as', 'owner'], { cwd: folder });
  await told(running, 'build_artifact');
  expect(await command(['release', sentence], { cwd: folder })).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('another process is running a release') as string,
  });
  running.kill('SIGTERM');
  await sleep(200);
  running.kill('SIGTERM');
  const askedAgainAt = performance.now();
  expect((await running).exitCode).toBe(143);
  expect(performance.now() - askedAgainAt).toBeLessThan(3_000);
  expect(await leftOver(folder)).toEqual([]);
});

test.runIf(everything)('a person cancels a waiting release, and staging goes back to the stable version', async () => {
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
