import type { Caller, ReleaseDesk, ReleaseSummary } from '../desk/desk-contract.js';
import type { ApprovalQuestion } from '../graph/approval-question.js';

export type Standing = { release: ReleaseSummary; approval: ApprovalQuestion | null };

/** Where a release stands, with the question that is open. Throws RELEASE_UNKNOWN. */
export const standingOf = async (desk: ReleaseDesk, caller: Caller, id: string): Promise<Standing> => ({
  release: await desk.summary(caller, id),
  approval: await desk.question(caller, id),
});

/** One sentence for people, and the open question with the digest that an answer needs. */
export const describeStanding = ({ release: one, approval }: Standing): string => {
  const what = `${one.simulated ? 'SIMULATED ' : ''}${one.service} ${one.version} (release ${one.release})`;
  const waits = one.state === 'waiting' && one.waitingFor !== null ? `waiting for ${waitsFor[one.waitingFor]}` : one.state;
  const open = approval === null ? '' : `\n${approval.question} Approvers: ${approval.approvers.join(', ')}. Digest: ${approval.digest}`;
  return `${what}: ${one.state === 'ended' ? (one.outcome ?? one.state) : waits}.${one.reason === '' ? '' : ` ${one.reason}`}${open}`;
};

const waitsFor = { approval: 'an approval', soak: 'its soak', person: 'a person' } as const;
