import type { StagingConfig } from '../catalog/config.js';
import { StagingError } from '../catalog/errors.js';
import { notCounted } from '../gates/sign-off.js';
import { readAnswer } from '../graph/approval-answers/read-answer.js';
import type { ApprovalQuestion } from '../graph/approval-question.js';
import type { Caller, Decision } from './desk-contract.js';

type Open = { question: ApprovalQuestion; shown?: string | undefined };

/**
 * An answer in any style as a decision of whoever calls, bound to the question that is open. It only refuses early and says why: the graph rules
 * on what it lets through as it rules on any answer. Throws ANSWER_UNCLEAR, DIGEST_MISSING, APPROVAL_STALE, NOT_AN_APPROVER.
 */
export const readDecision = (answer: unknown, caller: Caller, { question, shown }: Open, config: StagingConfig): Decision => {
  const { release } = question;
  const read = readAnswer(answer, question);
  const against = refused(caller, config, question, read.kind === 'decision' && read.decision === 'approved');
  if (against !== null) throw new StagingError('NOT_AN_APPROVER', `Failed to record the decision: ${against}.`);
  if (read.kind === 'unclear') throw new StagingError('ANSWER_UNCLEAR', `Failed to read the answer for release ${release}: ${read.why}.`);
  const named = [read.digest, shown].filter((digest) => digest !== null && digest !== undefined);
  if (named.length === 0 && read.decision === 'approved')
    throw new StagingError('DIGEST_MISSING', `Failed to answer for release ${release}: nothing says which question was seen.`);
  const other = named.find((digest) => digest !== question.digest);
  if (other !== undefined)
    throw new StagingError('APPROVAL_STALE', `Failed to record the decision: ${other} is not the question that is open for ${release}.`);
  if (read.by !== null && read.by !== '' && read.by !== caller.name)
    throw new StagingError(
      'NOT_AN_APPROVER',
      `Failed to record the decision: the answer says ${read.by.slice(0, 80)}, and ${caller.name} calls.`,
    );
  return { digest: question.digest, decision: read.decision, by: caller.name, comment: read.comment };
};

/** Why this caller decides nothing here, whatever they say; null where they may. */
const refused = ({ name, vouched }: Caller, config: StagingConfig, { requestedBy }: ApprovalQuestion, isYes: boolean): string | null => {
  if (!config.approvers.includes(name)) return `${name} is not among ${config.approvers.join(', ')}`;
  if (config.approval.identity === 'credential' && vouched !== true)
    return `the policy takes an answer only with a credential, and nothing vouches for ${name} but the word of whoever started this`;
  const against = isYes ? notCounted(name, config, requestedBy) : null;
  return against === null ? null : `${name} ${against}`;
};
