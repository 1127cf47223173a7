import { Command } from '@langchain/langgraph';
import { StagingError } from '../../catalog/errors.js';
import { act, type ReleaseOptions } from './release.js';
import { endByPerson as personEnds } from '../../desk/end-by-person.js';
import type { ActiveWorkspace } from '../../desk/active-workspace.js';

export type DecisionOptions = ReleaseOptions & { as: string; comment?: string };

/** `approve`, `reject` and `withdraw ID --as NAME`: answers the question that is open now, bound to its digest. */
export const decide = (id: string, decision: 'approved' | 'rejected' | 'withdrawn', options: DecisionOptions): Promise<number> =>
  act(id, options, {
    here: (state, workspace) => {
      if (state.waiting?.kind !== 'approval') throw notWaiting(id);
      checkApprover(workspace, options.as);
      return new Command({ resume: { digest: state.waiting.digest, decision, by: options.as, comment: options.comment ?? '' } });
    },
    shared: async (line, workspace) => {
      const question = await line.question(id);
      if (question === null) throw notWaiting(id);
      checkApprover(workspace, options.as);
      await line.answer(id, { digest: question.digest, decision, by: options.as, comment: options.comment ?? '' });
    },
  });

const notWaiting = (id: string): StagingError =>
  new StagingError('NOT_WAITING', `Failed to answer: release ${id} is not waiting for an approval.`);

/** `rollback ID` and `cancel ID`: a person ends it; all traffic goes back to the stable version. */
export const endByPerson = (id: string, word: 'rolled back' | 'cancelled', options: ReleaseOptions & { as?: string }): Promise<number> =>
  act(id, options, {
    here: (state, workspace) => personEnds(workspace, id, state, `${word} by ${options.as ?? 'the operator'}`),
    shared: (line, _, { state, outcome }) => {
      const rollBack = word === 'rolled back';
      if (state === 'ended' && !(rollBack && outcome === 'promoted'))
        throw new StagingError('RELEASE_ENDED', `Failed to end release ${id}: it has ended (${outcome}).`);
      const by = options.as ?? 'the operator';
      return line.end(id, { by, reason: state === 'ended' ? '' : `${word} by ${by}`, rollBack });
    },
  });

const checkApprover = ({ config }: ActiveWorkspace, name: string): void => {
  if (!config.approvers.includes(name))
    throw new StagingError('NOT_AN_APPROVER', `Failed to record the decision: ${name} is not among ${config.approvers.join(', ')}.`);
};
