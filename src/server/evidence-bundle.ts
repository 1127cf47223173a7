import type { Caller, ReleaseDesk } from '../desk/desk-contract.js';

/** The document of a release with its journal, and every piece of evidence by digest. */
export const evidenceBundle = async (desk: ReleaseDesk, caller: Caller, id: string) => {
  const timeline = await desk.journal(caller, id);
  const evidence = timeline
    .filter((entry) => entry.kind === 'evidence')
    .map((entry) => ({ sequence: entry.sequence, tool: entry.name, at: entry.at, ...(entry.value as { digest: string }) })); // every evidence row names its digest
  return { ...(await desk.get(caller, id)), evidence, timeline };
};
