import { expect, test } from 'vitest';
import { command, folderWith, simulatedService } from '../support/command.js';

const inFolder = async () => {
  const cwd = await folderWith(simulatedService);
  return (...args: string[]) => command(['waive', ...args], { cwd });
};

test('a waiver is given, listed and ended by command', async () => {
  const waive = await inFolder();
  expect(String((await waive()).stdout)).toBe('Nothing is waived.');
  expect((await waive('ui_tests', '--as', 'owner', '--why', 'a flaky browser', '--until', '2100-01-01')).exitCode).toBe(0);
  expect(JSON.parse(String((await waive('--json')).stdout))).toEqual([
    { check: 'ui_tests', by: 'owner', reason: 'a flaky browser', until: '2100-01-01' },
  ]);
  expect(String((await waive('ui_tests', '--end')).stdout)).toBe('ui_tests is no longer waived.');
  expect(await waive('ui_tests', '--end')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('is not waived') as string });
});

test.each([
  ['without a reason', ['ui_tests', '--as', 'owner', '--until', '2100-01-01'], '--why is missing or wrong'],
  ['by a stranger', ['ui_tests', '--as', 'mallory', '--why', 'x', '--until', '2100-01-01'], 'mallory is not among owner'],
  ['of security', ['vulnerability_scan', '--as', 'owner', '--why', 'x', '--until', '2100-01-01'], 'checks of security are not waived'],
])('a waiver %s is refused in one sentence', async (_, args, says) => {
  const waive = await inFolder();
  expect(await waive(...args)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(says) as string });
});
