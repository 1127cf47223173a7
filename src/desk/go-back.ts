import type { JournalRow } from '../blackboard/store.js';
import { reason as causeOf, StagingError } from '../catalog/errors.js';
import type { FieldValue } from '../catalog/fields.js';
import type { EnvironmentName, RolloutRecord } from '../catalog/tools.js';
import type { FlagUndone } from '../catalog/measurements.js';
import { undoFlags } from '../tools/flags/release-flags.js';
import { switchBack } from '../tools/deployment/switch-back.js';
import { boardFrom, evidenceIn, newestIn } from './document.js';
import { mark } from './drive.js';
import type { ActiveWorkspace } from './active-workspace.js';

export type WentBack = {
  reason: string;
  back: { environment: EnvironmentName; version: string | null; restoreMs: number }[];
  /** Environments that stayed as they are, and why. */
  stayed: string[];
  /** What became of the flags that had changed with it. */
  flags: FlagUndone[];
};

/** All traffic of a promoted release back to the version before, in production first. Throws ROLLBACK_WINDOW_OVER, ROLLBACK_TARGET_GONE. */
export const goBack = async (workspace: ActiveWorkspace, id: string, by: string, why = ''): Promise<WentBack> => {
  const { store, ports, config } = workspace;
  const reason = `rolled back by ${by}${why === '' ? '' : `: ${why}`}`;
  const journal = await store.journal(id);
  const rollouts = [await evidenceIn(journal, store, 'promote_to_production'), await evidenceIn(journal, store, 'run_rollout')]
    .map((each) => each.at(-1)?.data)
    .filter((one) => one !== undefined);
  const went: WentBack = { reason, back: [], stayed: [], flags: [] };
  for (const rollout of rollouts) {
    const startedAt = ports.clock.now();
    const change = await switchBack(ports, rollout, config.rollout, reason).catch((error: unknown) => {
      if (rollout.environment === 'production') throw error;
      went.stayed.push(causeOf(error)); // staging may have gone on to another release; production is what was asked for
      return null;
    });
    if (change === null) continue;
    const preview = await newestIn(journal, store, 'deploy_preview');
    const changed = (rollout.environment === 'staging' ? preview : rollout)?.flags ?? [];
    went.flags.push(...(await undoFlags(changed, ports.flags, id)));
    const item = { ...itemOf(journal, id, rollout), by, reason, status: 'rollback' as const, restoreMs: change.at - startedAt };
    const entry = { at: change.at, agent: 'person', routine: '' };
    await store.append(id, [
      { ...entry, key: `back:${change.environment}`, kind: 'rollout', name: change.environment, value: change },
      { ...entry, key: `back:${change.environment}:history`, kind: 'field', name: 'deployment_history', value: [item] },
    ]);
    went.back.push({ environment: change.environment, version: rollout.previousVersion, restoreMs: item.restoreMs });
  }
  await mark(workspace, id, { outcome: 'rolled_back', reason });
  return went;
};

/** What the history says of this deployment. */
const itemOf = (journal: readonly JournalRow[], id: string, rollout: RolloutRecord): FieldValue<'deployment_history'>[number] => {
  const history = boardFrom(journal).deployment_history ?? [];
  const item = history.findLast((one) => one.environment === rollout.environment && one.digest === rollout.digest);
  if (item === undefined)
    throw new StagingError('DEFECT', `Failed to go back: the history of ${id} knows no deployment to ${rollout.environment}.`);
  return item;
};
