import type { Store } from '../../blackboard/store.js';
import { doraMetrics } from '../../gates/dora.js';
import { boardFrom } from '../document.js';

export type HistoryView = ReturnType<typeof historyView>;

/** Every deployment of every release, newest first, and the four DORA metrics from them. */
export const historyView = (store: Pick<Store, 'releases' | 'journal'>, now: number) => {
  const deployments = store
    .releases()
    .flatMap((row) => (boardFrom(store.journal(row.id)).deployment_history ?? []).map((item) => ({ release: row.id, ...item })))
    .sort((a, b) => b.at - a.at);
  return { deployments, dora: doraMetrics(deployments, now) };
};
