import { titleOf } from '../../catalog/request.js';
import { releaseView } from '../../desk/view/release-view.js';
import { pageAssets } from '../../page/page-assets.js';
import { reportPage } from '../../page/report-page.js';
import { releaseDocument } from '../../desk/document.js';
import { openOutput } from '../output.js';
import { releaseNamed } from '../../desk/release-named.js';
import { writeFile } from '../write-file.js';
import { openWorkspace } from '../../desk/workspace.js';
import type { LookOptions } from './look.js';

/** `report [ID] [--html FILE]`: the evidence bundle, as one JSON document or one self-contained page. Throws FILE_WRITE_FAILED. */
export const report = async (id: string | undefined, options: LookOptions & { html?: string }): Promise<number> => {
  const workspace = await openWorkspace(options);
  const output = openOutput({ json: options.json ?? false, simulated: false });
  try {
    const row = await releaseNamed(workspace.store, id);
    const document = await releaseDocument(row, workspace.store, workspace.config);
    const journal = await workspace.store.journal(row.id);
    if (options.html !== undefined) {
      const view = await releaseView({ row, document, journal, store: workspace.store });
      writeFile(options.html, reportPage(view, pageAssets()));
      output.say(`Wrote ${options.html}${id === undefined ? `: ${row.id}, ${titleOf(row.request)}` : ''}.`);
    }
    if (options.html === undefined || options.json) {
      const evidence = journal
        .filter((entry) => entry.kind === 'evidence')
        .map((entry) => ({ sequence: entry.sequence, tool: entry.name, at: entry.at, ...(entry.value as { digest: string }) })); // every evidence row names its digest
      output.result(JSON.stringify({ ...document, evidence, timeline: journal }, null, 2));
    }
    return 0;
  } finally {
    await workspace.close();
  }
};
