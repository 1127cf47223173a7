import type { ElicitResult } from '@modelcontextprotocol/sdk/types.js';
import { StagingError } from '../../catalog/errors.js';
import { readAnswer } from '../../graph/approval-answers/read-answer.js';
import type { ApprovalQuestion } from '../../graph/approval-question.js';
import type { Call } from './call.js';

type Wanted = 'approved' | 'rejected';
type Args = { release: string; digest?: string | undefined; comment: string };

/**
 * A decision, bound to the digest that was shown. Where the client can ask its person, the person has the last word over what a model
 * called; and whoever asks for it, only the credential of an approver decides.
 */
export const decide = async (wanted: Wanted, args: Args, call: Call) => {
  const open = await openQuestion(args, call);
  const { release, digest, service, version } = open;
  const { name, roles } = call.caller;
  const form = call.askPerson === null ? null : await call.askPerson(open);
  if (form !== null && form.action !== 'accept')
    return {
      text: `Nobody answered: release ${release} still waits for an approval.`,
      data: { release, decision: 'none' as const, by: '', digest, comment: '' },
    };
  if (!roles.includes('approver')) throw notAnApprover(open, name, form);
  const answer = form ?? { digest, decision: wanted, comment: args.comment };
  const { decision, comment } = await call.desk.decide(call.caller, release, answer, digest);
  return {
    text: `${name} has ${decision} the promotion of ${service} ${version} (release ${release}).`,
    data: { release, by: name, digest, decision, comment },
  };
};

/** Throws NOT_WAITING, APPROVAL_STALE, and DIGEST_MISSING where nothing would bind the answer to what somebody saw. */
const openQuestion = async ({ release, digest }: Args, { desk, caller, askPerson }: Call): Promise<ApprovalQuestion> => {
  const open = await desk.question(caller, release);
  if (open === null) throw new StagingError('NOT_WAITING', `Failed to answer: release ${release} is not waiting for an approval.`);
  if (digest === undefined && askPerson === null)
    throw new StagingError('DIGEST_MISSING', `Failed to answer for release ${release}: nothing says which question was seen.`);
  if (digest !== undefined && digest !== open.digest)
    throw new StagingError('APPROVAL_STALE', `Failed to answer for release ${release}: its question has changed since ${digest}.`);
  return open;
};

/** What a person said without the credential is told as what they said, never taken for an approval. */
const notAnApprover = (open: ApprovalQuestion, name: string, form: ElicitResult | null): StagingError => {
  const said = form === null ? null : readAnswer(form, open);
  const words =
    said?.kind === 'decision'
      ? ` The person at the client said "${said.decision}"${said.comment && `: ${said.comment}`}; that decides nothing.`
      : '';
  return new StagingError('ROLE_MISSING', `Failed to decide on release ${open.release}: ${name} is not an approver.${words}`, {
    remedy: `One of ${open.approvers.join(', ')} decides, with a credential of their own whose roles hold approver: over HTTP its bearer token, on stdio LANGGRAPH_STAGING_TOKEN. The digest is ${open.digest}.`,
  });
};
