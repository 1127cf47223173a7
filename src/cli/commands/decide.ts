import { Command } from '@langchain/langgraph';
import { StagingError } from '../../catalog/errors.js';
import { act, type ReleaseOptions } from './release.js';
import type { StagingState } from '../../graph/state.js';
import type { ActiveWorkspace } from '../../desk/workspace.js';

export type DecisionOptions = ReleaseOptions & { as: string; comment?: string };

/** `approve`, `reject` and `withdraw ID --as NAME`: answers the question that is open now, bound to its digest. */
export const decide = (id: string, decision: 'approved' | 'rejected' | 'withdrawn', options: DecisionOptions): Promise<number> =>
  act(id, options, (state, workspace) => {
    if (state.waiting?.kind !== 'approval')
      throw new StagingError('NOT_WAITING', `Failed to answer: release ${id} is not waiting for an approval.`);
    checkApprover(workspace, options.as);
    return new Command({ resume: { digest: state.waiting.digest, decision, by: options.as, comment: options.comment ?? '' } });
  });

/** `rollback ID` and `cancel ID`: a person ends it; all traffic goes back to the stable version. */
export const endByPerson = (id: string, word: 'rolled back' | 'cancelled', options: ReleaseOptions & { as?: string }): Promise<number> =>
  act(id, options, (state, workspace) => {
    const reason = `${word} by ${options.as ?? 'the operator'}`;
    const at = workspace.ports.clock.now();
    const depth = Number.parseInt(state.events.at(-1)?.id ?? '1', 10) + 1;
    workspace.store.append(id, [
      { key: `${depth}:person`, at, agent: 'person', routine: '', kind: 'event', name: 'staging/rollback_required', value: { reason } },
    ]);
    return {
      halt: null,
      waiting: null,
      events: [
        ...state.events.map((event: StagingState['events'][number]) => ({ ...event, handled: true })),
        {
          id: `${depth}.staging/rollback_required`,
          topic: 'staging/rollback_required' as const,
          emittedBy: 'person',
          reason,
          at,
          handled: false,
        },
      ],
    };
  });

const checkApprover = ({ config }: ActiveWorkspace, name: string): void => {
  if (!config.approvers.includes(name))
    throw new StagingError('NOT_AN_APPROVER', `Failed to record the decision: ${name} is not among ${config.approvers.join(', ')}.`);
};
