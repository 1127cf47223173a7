import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite';
import type { Pruned, Seal } from '../blackboard/store.js';
import { StagingError } from '../catalog/errors.js';
import { boardFrom, gatesIn, sealIn } from './document.js';
import { releasesToPrune } from './retention.js';
import { forgetThreads } from './shared/checkpoints.js';
import type { SharedDatabase } from './shared/database.js';
import { giveRoomBack } from './shared/room.js';
import type { Workspace } from './workspace.js';

export type PruneResult = Pruned & { forgotten: string[]; sealed: string[] };

/**
 * Lets go of what `retention` in the configuration no longer keeps; safe beside a process that releases, as it only touches what has
 * ended. With `estimate` it only says what would go. Throws RETENTION_UNSUPPORTED, JOURNAL_WRITE_FAILED.
 */
export const prune = async ({ store, config, stateDir, shared }: Workspace, now: number, estimate = false): Promise<PruneResult> => {
  const rows = await store.releases();
  const plan = releasesToPrune(rows, config, now);
  const threads = shared === null ? openThreads(stateDir) : sharedThreads(shared);
  try {
    const sealed = [];
    for (const id of plan.seal) {
      const journal = await store.journal(id);
      if (sealIn(journal) !== null && journal.length === 1) continue; // nothing was added since
      const keeps: Seal['keeps'] = { gates: gatesIn(journal), deployments: boardFrom(journal).deployment_history ?? [] };
      sealed.push({ release: id, at: now, keeps });
    }
    const told = { forgotten: plan.forget, sealed: sealed.map(({ release }) => release) };
    if (estimate) return { ...told, operations: 0, rows: 0, evidence: 0 };
    if (store.prune === undefined)
      throw new StagingError('RETENTION_UNSUPPORTED', `Failed to prune ${stateDir}: its store keeps everything.`);
    const pruned = await store.prune({ forget: plan.forget, seal: sealed });
    await threads?.forget(plan.forget);
    return { ...pruned, ...told };
  } finally {
    threads?.close();
  }
};

/** What it would take to go on with a release. */
type Threads = { forget: (ids: readonly string[]) => Promise<void>; close: () => void };

const openThreads = (stateDir: string): Threads | null => {
  const path = join(stateDir, 'checkpoints.db');
  if (!existsSync(path)) return null;
  const saver = SqliteSaver.fromConnString(path);
  const forget = async (ids: readonly string[]): Promise<void> => {
    for (const id of ids) await saver.deleteThread(id);
    saver.db.exec('VACUUM');
    saver.db.pragma('wal_checkpoint(TRUNCATE)');
  };
  return { forget, close: () => saver.db.close() };
};

const sharedThreads = (shared: SharedDatabase): Threads => ({
  forget: async (ids) => {
    await forgetThreads(shared, ids);
    await giveRoomBack(shared);
  },
  close: () => undefined,
});
