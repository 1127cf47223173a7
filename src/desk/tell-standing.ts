import type { ReleaseRow, Store } from '../blackboard/store.js';
import { isOpen } from '../gates/evaluate-gate.js';
import { standing } from '../graph/standing.js';
import { boardFrom } from './document.js';

/** Where a release stands, from its journal, with the evidence of every check that keeps a gate shut. */
export const tellStanding = (row: ReleaseRow, store: Store): { text: string; evidence: string[] } => {
  const journal = store.journal(row.id);
  const { gate_evaluations = [] } = boardFrom(journal);
  const attempt = Math.max(1, ...gate_evaluations.map((one) => one.attempt));
  const ended = row.state === 'ended';
  const stopped = row.state === 'waiting';
  const text = standing({
    request: row.request,
    releaseId: row.id,
    outcome: ended ? row.outcome : null,
    outcomeReason: row.reason,
    waiting: stopped && row.outcome === null ? { kind: 'approval', digest: '', reason: row.reason } : null,
    halt: stopped && row.outcome !== null ? { outcome: 'held', code: 'HELD', reason: row.reason } : null,
    gate_evaluations,
    attempt,
    events: journal.filter((entry) => entry.kind === 'event').map(({ name }) => ({ topic: name })),
  });
  const shut = gate_evaluations
    .filter((one) => one.attempt === attempt)
    .flatMap((one) => one.checks.filter((check) => !isOpen(check.outcome)));
  return { text, evidence: [...new Set(shut.flatMap((check) => check.evidence))] };
};
