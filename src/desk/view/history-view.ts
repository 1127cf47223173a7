import type { Store } from '../../blackboard/store.js';
import { doraMetrics } from '../../gates/dora.js';
import { boardFrom } from '../document.js';

export type HistoryView = Awaited<ReturnType<typeof historyView>>;

/** Every deployment of every release, newest first, and the four DORA metrics from them. */
export const historyView = async (store: Pick<Store, 'releases' | 'journal'>, now: number) => {
  const rows = await store.releases();
  const each = rows.map(async ({ id }) =>
    (boardFrom(await store.journal(id)).deployment_history ?? []).map((item) => ({ release: id, ...item })),
  );
  const deployments = (await Promise.all(each)).flat().sort((a, b) => b.at - a.at);
  return { deployments, dora: doraMetrics(deployments, now) };
};
