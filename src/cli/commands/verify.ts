import { StagingError } from '../../catalog/errors.js';
import { verifyRelease } from '../../agents/verify-release.js';
import { openOutput } from '../output.js';
import { openWorkspace } from '../../desk/workspace.js';
import type { LookOptions } from './look.js';

/** `verify ID`: recomputes the hash chain, every digest, and every verdict from its evidence. Exit 4 where something was changed. */
export const verify = async (id: string, options: LookOptions): Promise<number> => {
  const workspace = await openWorkspace(options);
  try {
    const row = await workspace.store.release(id);
    if (!row) throw new StagingError('RELEASE_UNKNOWN', `Failed to verify release ${id}: the journal has none of that id.`);
    const { problems, rows, evidence, verdicts } = await verifyRelease(workspace.store, row);
    const sound = problems.length === 0;
    const text = sound
      ? `Sound: ${rows} rows, ${evidence} pieces of evidence, ${verdicts} verdicts recomputed.`
      : `${problems.length} problems:\n${problems.map((problem) => `  ${problem}`).join('\n')}`;
    openOutput({ json: options.json ?? false, simulated: false }).result(
      options.json ? JSON.stringify({ release: id, sound, rows, evidence, verdicts, problems }, null, 2) : text,
    );
    return sound ? 0 : 4;
  } finally {
    await workspace.close();
  }
};
