import { expect, test } from 'vitest';
import { command, folderWith, simulatedService } from '../support/command.js';

test('doctor says what a prune would let go of, prune does it, and verify accepts what is left', async () => {
  const folder = await folderWith({ ...simulatedService, retention: { workingDays: 0, journalDays: 0, keepReleases: 0 } });
  const told = async (...args: string[]) => String((await command([...args, '--dry-run'], { cwd: folder })).stdout);
  const { release } = JSON.parse(await told('release', 'ship storefront v2.2.0 to staging', '--json')) as { release: string };
  expect(await told('doctor')).toMatch(/kept of releases: [\d.]+ MiB of 1 \(.* each\); .* working memory of 1 and seal 1/);
  expect(await told('prune')).toMatch(/Forgot the working memory of 1 ended releases .*sealed the journals of 1 .* MiB of .* MiB freed/);
  expect(await told('verify', release)).toContain('Sound');
  expect(JSON.parse(await told('report', release, '--json'))).toMatchObject({ sealed: { rows: expect.any(Number) as number } });
});
