import type { Caller, ReleaseDesk } from '../desk/desk-contract.js';
import { releaseView } from '../desk/view/release-view.js';
import type { PageAssets } from '../page/page-assets.js';
import { reportPage } from '../page/report-page.js';

const viewer: Caller = { name: 'report', roles: ['viewer'] };

/** The report of a release as one file, from what its journal holds at this moment. */
export const frozenReport =
  (desk: ReleaseDesk, assets: PageAssets) =>
  async (id: string): Promise<string> => {
    const document = await desk.get(viewer, id);
    const row = { ...(await desk.summary(viewer, id)), id, request: document.request };
    const store = { evidence: (digest: string) => desk.evidence(viewer, digest) };
    return reportPage(await releaseView({ row, document, journal: await desk.journal(viewer, id), store }), assets);
  };
