import { expect, test } from 'vitest';
import { command, folderWith, simulatedService } from '../support/command.js';

test('flags are set, listed for a visitor, and turned off, each with who and why', async () => {
  const cwd = await folderWith(simulatedService);
  const flags = (...args: string[]) => command(['flags', ...args], { cwd });
  expect((await flags('set', 'wishlist', '--percentage', '40', '--as', 'ada', '--why', 'gradually')).exitCode).toBe(0);
  const off = await flags('off', 'wishlist', '--as', 'grace', '--json');
  expect(JSON.parse(String(off.stdout))).toMatchObject({ environment: 'staging', flag: { name: 'wishlist', on: false }, by: 'grace' });
  const listed = await flags('list', '--for', 'visitor-1', '--json');
  expect(JSON.parse(String(listed.stdout))).toMatchObject({
    flags: [{ name: 'wishlist', on: false, percentage: 40, visitor: 'visitor-1', value: false, reason: 'DISABLED' }],
    changes: [
      { by: 'ada', why: 'gradually', percentage: 40 },
      { by: 'grace', why: 'no reason given', on: false },
    ],
  });
});

test.each([
  ['nobody who does it', ['off', 'wishlist'], /--as/],
  ['no change', ['set', 'wishlist', '--as', 'ada'], /Failed to set flag wishlist: say --on or --percentage N/],
  ['no number', ['set', 'wishlist', '--as', 'ada', '--percentage', 'half'], /NaN is not a percentage/],
  ['another environment', ['off', 'wishlist', '--as', 'ada', '--environment', 'moon'], /Failed to find environment "moon"/],
])('flags with %s is one clear sentence', async (_what, args, says) => {
  const { exitCode, stderr } = await command(['flags', ...args], { cwd: await folderWith(simulatedService) });
  expect(exitCode).toBe(2);
  expect(String(stderr)).toMatch(says);
  expect(String(stderr)).not.toContain('    at ');
});
