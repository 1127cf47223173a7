import { z } from 'zod';
import type { JournalRow, ReleaseRow } from '../blackboard/store.js';
import type { ApprovalQuestion } from '../graph/approval-question.js';
import type { Told } from '../graph/answers/told.js';
import { boardFrom } from './document.js';

const decided = z.object({ decision: z.string(), by: z.string(), comment: z.string() });

/** A release as its journal tells it. `question` is the approval that is open, where there is one. */
export const toldFromJournal = (
  row: ReleaseRow,
  journal: readonly JournalRow[],
  { approvers, question, soaking }: { approvers: readonly string[]; question: ApprovalQuestion | null; soaking: boolean },
): Told => {
  const board = boardFrom(journal);
  const stopped = row.state === 'waiting' && row.outcome !== null;
  const soak = soaking ? { kind: 'soak' as const, untilAt: null, reason: soakReason(board) } : null;
  const open = question ?? (row.state === 'waiting' && row.outcome === null ? { digest: '' } : null);
  return {
    release: row.id,
    request: row.request,
    attempt: Math.max(
      1,
      ...(board.gate_evaluations ?? []).map((one) => one.attempt),
      ...(board.feature_artifacts ?? []).map((one) => one.attempt),
    ),
    outcome: row.state === 'ended' ? row.outcome : null,
    reason: row.reason,
    waiting: open === null ? soak : { kind: 'approval', digest: open.digest, reason: row.reason },
    halt: stopped ? { reason: row.reason } : null,
    approvals: journal.flatMap(({ kind, name, value, at }) => {
      const { success, data } = decided.safeParse(value);
      return kind === 'note' && name.startsWith('approval ') && success ? [{ ...data, at, preSigned: false }] : [];
    }),
    events: journal
      .filter(({ kind }) => kind === 'event')
      .map(({ name, routine, agent, at }) => ({ topic: name, emittedBy: routine || agent, at })),
    approvers,
    board,
  };
};

const soakReason = ({ gate_evaluations: evaluations = [] }: Told['board']): string =>
  evaluations.findLast(({ gate }) => gate === 'stability')?.checks.find(({ check }) => check === 'stability_period')?.reason ?? '';
