import type { Approval } from './check-row.js';
import { awaited, countSignatures, notCounted, those, type SignOffPolicy } from './sign-off.js';
import { formatDuration, plain } from './words.js';

/** What a codec has read in an answer. `digest` and `by` are null where the answer does not say. */
export type Answer =
  | { kind: 'decision'; decision: 'approved' | 'rejected' | 'withdrawn'; digest: string | null; by: string | null; comment: string }
  | { kind: 'unclear'; why: string };

/** The question as it stands now, and who brings the answer. */
export type Standing = {
  policy: SignOffPolicy;
  /** Of what was shown. */
  digest: string;
  /** Of what there is now, computed again: another one means that something was changed under the question. */
  current: string;
  askedAt: number;
  at: number;
  requestedBy: string | null;
  /** Who the host says is answering, from a credential; null where it does not say. */
  caller: string | null;
  /** Whether this very answer was used before, and may have been delivered a second time. */
  repeated: boolean;
  /** Approvals of this digest so far. */
  approvals: readonly Approval[];
};

/**
 * What becomes of an answer. `asked again`: the same question stays open, with one sentence of what was wrong. `renewed`: what was
 * shown no longer stands, so that everything is judged and asked anew. Only `approved` can open the gate, and the gate counts for itself.
 */
export type Ruling =
  | { kind: 'approved' | 'rejected'; by: string; comment: string }
  | { kind: 'withdrawn'; by: string; why: string }
  | { kind: 'asked_again' | 'renewed'; by: string | null; why: string };

export const ruleOnAnswer = (answer: Answer, standing: Standing): Ruling => {
  const { policy, digest, current, caller } = standing;
  const again = (why: string): Ruling => ({ kind: 'asked_again', by: caller, why });
  if (answer.kind === 'unclear') return again(answer.why);
  if (answer.digest !== null && answer.digest !== digest) return again('that answer is for another question than the one that is open');
  if (standing.repeated)
    return again(`the same answer was used before; to mean this question, answer with its code: approve ${codeOf(digest)}`);
  if (current !== digest) return { kind: 'renewed', by: caller, why: 'what was shown has changed since it was shown' };
  const who = whoOf(answer, standing);
  if ('why' in who) return again(who.why);
  const { name } = who;
  if (!policy.approvers.includes(name)) return again(`${plain(name)} ${notCounted(name, policy, null)}`);
  if (answer.decision === 'rejected') return { kind: 'rejected', by: name, comment: answer.comment };
  if (answer.decision === 'approved') return ruleOnYes({ name, comment: answer.comment }, standing);
  return standing.approvals.some((one) => one.by === name)
    ? { kind: 'withdrawn', by: name, why: `${plain(name)} has taken the approval back` }
    : { kind: 'asked_again', by: name, why: `${plain(name)} has not approved, so there is nothing to take back` };
};

const ruleOnYes = ({ name, comment }: { name: string; comment: string }, { policy, approvals, ...standing }: Standing): Ruling => {
  const again = (why: string): Ruling => ({ kind: 'asked_again', by: name, why: `${plain(name)} ${why}` });
  const { expiresMs } = policy.approval;
  const age = standing.at - standing.askedAt;
  if (age > expiresMs)
    return { kind: 'renewed', by: name, why: `the question was older than the ${formatDuration(expiresMs)} that it stands` };
  const against = notCounted(name, policy, standing.requestedBy);
  if (against !== null) return again(against);
  const signed = countSignatures(approvals, policy, standing);
  if (signed.counted.some((one) => one.by === name)) return again(`has approved already; ${awaited(signed, policy)}`);
  return { kind: 'approved', by: name, comment };
};

/** What people type to name a question: the beginning of its digest. */
export const codeOf = (digest: string): string => digest.replace(/^sha256:/, '').slice(0, 8);

/**
 * A credential has the last word; without one, what the answer states, where the policy takes statements. Where a policy that takes
 * statements names one approver only, an answer without a name is that person's: nobody else could be meant.
 */
const whoOf = (
  { by }: { by: string | null },
  { caller, policy: { approvers, approval } }: Standing,
): { name: string } | { why: string } => {
  const stated = by === '' ? null : by;
  if (caller !== null)
    return stated === null || stated === caller
      ? { name: caller }
      : { why: `the answer says ${plain(stated)}, and the credential says ${plain(caller)}` };
  if (approval.identity === 'credential') return { why: 'nothing vouches for who answers; answer with a credential' };
  const [only, ...others] = approvers;
  const name = stated ?? (others.length === 0 ? only : undefined);
  return name === undefined ? { why: `nobody is named; say who decides: ${those(approvers)}` } : { name };
};
