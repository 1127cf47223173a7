import { StagingError } from '../../catalog/errors.js';
import type { ApprovalQuestion } from '../../graph/approval-question.js';
import type { Call, PersonSaid } from './call.js';

type Decision = 'approved' | 'rejected';
type Args = { release: string; digest?: string | undefined; comment: string };

/**
 * A decision, bound to the digest that was shown. Where the client can ask its person, the person has the last word over what a model
 * called; and whoever asks for it, only the credential of an approver decides.
 */
export const decide = async (wanted: Decision, args: Args, call: Call) => {
  const open = openQuestion(args, call);
  const said = call.askPerson === null ? { decision: wanted, comment: args.comment } : await call.askPerson(open);
  const { release, digest } = open;
  if (said === null)
    return {
      text: `Nobody answered: release ${release} still waits for an approval.`,
      data: { release, decision: 'none' as const, by: '', digest, comment: '' },
    };
  if (!call.caller.roles.includes('approver')) throw notAnApprover(open, call, said);
  await call.desk.decide(call.caller, release, { digest, ...said });
  const { name } = call.caller;
  return {
    text: `${name} has ${said.decision} the promotion of ${open.service} ${open.version} (release ${release}).`,
    data: { release, by: name, digest, ...said },
  };
};

/** Throws NOT_WAITING, APPROVAL_STALE, and DIGEST_MISSING where nothing would bind the answer to what somebody saw. */
const openQuestion = ({ release, digest }: Args, { desk, caller, askPerson }: Call): ApprovalQuestion => {
  const open = desk.question(caller, release);
  if (open === null) throw new StagingError('NOT_WAITING', `Failed to answer: release ${release} is not waiting for an approval.`);
  if (digest === undefined && askPerson === null)
    throw new StagingError('DIGEST_MISSING', `Failed to answer for release ${release}: nothing says which question was seen.`);
  if (digest !== undefined && digest !== open.digest)
    throw new StagingError('APPROVAL_STALE', `Failed to answer for release ${release}: its question has changed since ${digest}.`);
  return open;
};

/** What a person said without the credential is told as what they said, never taken for an approval. */
const notAnApprover = (
  { release, digest, approvers }: ApprovalQuestion,
  { caller, askPerson }: Call,
  said: NonNullable<PersonSaid>,
): StagingError => {
  const words =
    askPerson === null
      ? ''
      : ` The person at the client said "${said.decision}"${said.comment && `: ${said.comment}`}; that decides nothing.`;
  const verb = said.decision === 'approved' ? 'approve' : 'reject';
  return new StagingError('ROLE_MISSING', `Failed to ${verb} release ${release}: ${caller.name} is not an approver.${words}`, {
    remedy: `One of ${approvers.join(', ')} decides, with a credential of their own whose roles hold approver: over HTTP its bearer token, on stdio LANGGRAPH_STAGING_TOKEN. The digest is ${digest}.`,
  });
};
