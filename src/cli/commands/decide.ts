import { Command } from '@langchain/langgraph';
import { StagingError } from '../../catalog/errors.js';
import { act, type ReleaseOptions } from './release.js';
import { endByPerson as personEnds } from '../../desk/end-by-person.js';
import type { ActiveWorkspace } from '../../desk/workspace.js';

export type DecisionOptions = ReleaseOptions & { as: string; comment?: string };

/** `approve ID --as NAME` and `reject ID --as NAME`: answers the question that is open now, bound to its digest. */
export const decide = (id: string, decision: 'approved' | 'rejected', options: DecisionOptions): Promise<number> =>
  act(id, options, (state, workspace) => {
    if (state.waiting?.kind !== 'approval')
      throw new StagingError('NOT_WAITING', `Failed to answer: release ${id} is not waiting for an approval.`);
    checkApprover(workspace, options.as);
    return new Command({ resume: { digest: state.waiting.digest, decision, by: options.as, comment: options.comment ?? '' } });
  });

/** `rollback ID` and `cancel ID`: a person ends it; all traffic goes back to the stable version. */
export const endByPerson = (id: string, word: 'rolled back' | 'cancelled', options: ReleaseOptions & { as?: string }): Promise<number> =>
  act(id, options, (state, workspace) => personEnds(workspace, id, state, `${word} by ${options.as ?? 'the operator'}`));

const checkApprover = ({ config }: ActiveWorkspace, name: string): void => {
  if (!config.approvers.includes(name))
    throw new StagingError('NOT_AN_APPROVER', `Failed to record the decision: ${name} is not among ${config.approvers.join(', ')}.`);
};
