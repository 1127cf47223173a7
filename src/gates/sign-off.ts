import type { StagingConfig } from '../catalog/config.js';
import type { Approval } from './check-row.js';
import { formatDuration, named, plain } from './words.js';

export type SignOffPolicy = Pick<StagingConfig, 'approvers' | 'approval'>;
type About = { requestedBy: string | null; at: number };

/** Why a yes of this person does not count, or null where it does. */
export const notCounted = (by: string, { approvers, approval }: SignOffPolicy, requestedBy: string | null): string | null => {
  if (!approvers.includes(by)) return `is no approver; ask ${those(approvers)}`;
  if (approval.fourEyes && by === requestedBy)
    return `asked for this release and does not approve it as well; ask ${those(approvers.filter((name) => name !== by)) || 'for another approver'}`;
  return null;
};

/** Whose yes counts, each once; whose does not, and why; who could still be asked. */
export const countSignatures = (approvals: readonly Approval[], policy: SignOffPolicy, { requestedBy, at }: About) => {
  const { quorum, expiresMs } = policy.approval;
  const judged = approvals.map((one) => ({
    ...one,
    expired: at - one.at > expiresMs,
    against: notCounted(one.by, policy, requestedBy),
  }));
  const counted = new Map(judged.filter((one) => one.against === null && !one.expired).map((one) => [one.by, one]));
  return {
    counted: [...counted.values()],
    refused: judged.filter((one) => one.against !== null),
    expired: judged.filter((one) => one.expired && !counted.has(one.by)),
    enough: counted.size >= quorum,
    left: [...new Set(policy.approvers)].filter((name) => !counted.has(name) && notCounted(name, policy, requestedBy) === null),
  };
};

/** What is still missing, in words: `waiting for the approval of alice or bob`. */
export const awaited = ({ counted, left, expired }: ReturnType<typeof countSignatures>, { approval }: SignOffPolicy): string => {
  const had = counted.length === 0 ? '' : `${counted.length} of ${approval.quorum} approvals (${named(counted.map((one) => one.by))}), `;
  const late =
    expired.length === 0 ? '' : `, for that of ${named(expired.map((one) => one.by))} counts ${formatDuration(approval.expiresMs)} only`;
  const many = counted.length === 0 && approval.quorum > 1 ? `${approval.quorum} approvals, by ` : 'the approval of ';
  return `${had}waiting for ${many}${those(left) || 'an approver, and there is none left who may'}${late}`;
};

export const those = (names: readonly string[]): string => names.map(plain).join(' or ');
