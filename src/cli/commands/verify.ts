import { verifyRelease } from '../../agents/verify-release.js';
import { titleOf } from '../../catalog/request.js';
import { openOutput } from '../output.js';
import { releaseNamed } from '../../desk/release-named.js';
import { openWorkspace } from '../../desk/workspace.js';
import type { LookOptions } from './look.js';

/** `verify [ID]`: recomputes the hash chain, every digest, and every verdict from its evidence. Exit 4 where something was changed. */
export const verify = async (id: string | undefined, options: LookOptions): Promise<number> => {
  const workspace = await openWorkspace(options);
  try {
    const row = await releaseNamed(workspace.store, id);
    const { problems, rows, evidence, verdicts } = await verifyRelease(workspace.store, row);
    const sound = problems.length === 0;
    const text = sound
      ? `Sound: ${rows} rows, ${evidence} pieces of evidence, ${verdicts} verdicts recomputed${id === undefined ? ` of ${row.id}, ${titleOf(row.request)}` : ''}.`
      : `${problems.length} problems:\n${problems.map((problem) => `  ${problem}`).join('\n')}`;
    openOutput({ json: options.json ?? false, simulated: false }).result(
      options.json ? JSON.stringify({ release: row.id, sound, rows, evidence, verdicts, problems }, null, 2) : text,
    );
    return sound ? 0 : 4;
  } finally {
    await workspace.close();
  }
};
