import { expect, test, vi } from 'vitest';
import { systemClock } from '../../src/tools/system-clock.js';

test.each([
  ['forward', 6 * 3_600_000],
  ['back', -6 * 3_600_000],
])('a machine whose clock is set %s by hours in the middle of a release goes on at its pace', async (_, jumpMs) => {
  const startedAt = systemClock.now();
  expect(Math.abs(startedAt - Date.now())).toBeLessThan(5_000);
  const set = vi.spyOn(Date, 'now').mockReturnValue(startedAt + jumpMs);
  await systemClock.sleep(20);
  const passedMs = systemClock.now() - startedAt;
  set.mockRestore();
  expect(passedMs).toBeGreaterThanOrEqual(18);
  expect(passedMs).toBeLessThan(60_000);
});
