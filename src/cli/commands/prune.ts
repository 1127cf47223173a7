import { prune as pruneWorkspace, type PruneResult } from '../../desk/prune.js';
import { sizesOf, sayBytes } from '../../desk/disk-use.js';
import { openWorkspace } from '../../desk/workspace.js';
import { systemClock } from '../../tools/system-clock.js';
import { openOutput } from '../output.js';
import type { LookOptions } from './look.js';

/** `prune`: lets go of what `retention` in the configuration no longer keeps, and says what that was. */
export const prune = async (options: LookOptions & { estimate?: boolean }): Promise<number> => {
  const workspace = await openWorkspace(options);
  try {
    const before = await sizesOf(workspace);
    const result = await pruneWorkspace(workspace, systemClock.now(), options.estimate);
    const after = await sizesOf(workspace);
    const freedBytes = Math.max(0, before.database - after.database);
    const text = options.estimate ? sayPlan(result) : `${sayDone(result)} ${sayBytes(freedBytes)} of ${sayBytes(before.database)} freed.`;
    openOutput({ json: options.json ?? false, simulated: options.dryRun ?? false }).result(
      options.json ? JSON.stringify({ ...result, freedBytes }, null, 2) : text,
    );
    return 0;
  } finally {
    await workspace.close();
  }
};

const sayPlan = ({ forgotten, sealed }: PruneResult): string =>
  [
    `The working memory of ${forgotten.length} ended releases would be forgotten${list(forgotten)}.`,
    `The journals of ${sealed.length} would be sealed and their evidence dropped${list(sealed)}.`,
  ].join('\n');

const sayDone = ({ forgotten, sealed, operations, rows, evidence }: PruneResult): string =>
  `Forgot the working memory of ${forgotten.length} ended releases (${operations} operations), sealed the journals of ${sealed.length} (${rows} rows), dropped ${evidence} pieces of evidence.`;

const list = (ids: readonly string[]): string => (ids.length === 0 ? '' : `: ${ids.join(', ')}`);
