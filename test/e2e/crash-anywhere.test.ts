import { expect, test } from 'vitest';
import type { ReleaseDocument } from '../../src/desk/document.js';
import { command } from '../support/command.js';
import { leftOver } from '../support/left-over.js';
import { tinyService } from '../support/tiny-service.js';
import { sampled } from '../support/everything.js';

/** Where in the release it ends depends on the machine; that it is not promoted does not. */
test.concurrent.each(sampled([300, 800, 1_500, 3_500, 5_000, 7_000, 9_000, 11_000], 4))(
  'a candidate that ends %i ms after its start is not promoted, and the stable version serves',
  async (afterMs) => {
    const { folder, commit, git, service } = await tinyService('node');
    await commit('Ends by itself', { 'service.mjs': `${service}setTimeout(() => process.exit(1), ${afterMs});\n` }, 'v1.2.0');
    const { stdout, exitCode } = await command(
      ['release', 'ship tiny v1.2.0 to staging, promote it if it is healthy', '--approve-as', 'owner', '--json'],
      { cwd: folder },
    );
    const document = JSON.parse(String(stdout)) as ReleaseDocument;
    const tookTraffic = document.rollout.some((change) => change.weight > 0);
    expect({ outcome: document.outcome, exitCode }).toEqual({ outcome: tookTraffic ? 'rolled_back' : 'rejected', exitCode: 4 });
    const last = new Map(document.rollout.map((change) => [change.environment, change.weight]));
    for (const [environment, weight] of last) if (environment === 'production') expect(weight).toBe(0);
    expect(String((await git('tag')).stdout)).not.toContain('production/');
    expect(await leftOver(folder)).toEqual([]);
  },
);
