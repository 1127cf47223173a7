import type { Outcome } from '../../blackboard/store.js';
import type { Board, Check, GateEvaluation } from '../../catalog/fields.js';
import type { ReleaseRequest } from '../../catalog/request.js';
import { isOpen } from '../../gates/evaluate-gate.js';

/** A release as it can be told about: its blackboard, and what the graph or the journal knows besides. */
export type Told = {
  release: string;
  request: ReleaseRequest;
  attempt: number;
  outcome: Outcome | null;
  reason: string;
  waiting: { kind: 'soak'; untilAt: number | null; reason: string } | { kind: 'approval'; digest: string; reason: string } | null;
  halt: { reason: string } | null;
  approvals: readonly { decision: string; by: string; at: number; preSigned: boolean; comment: string }[];
  events: readonly { topic: string; emittedBy: string; at: number }[];
  approvers: readonly string[];
  board: Board;
};

/** Words, and the digests of the evidence that they rest on. */
export type Answer = { text: string; evidence: string[] };

export type AnswerRow = { asked: RegExp; about: string; answer: (told: Told, now: number, question: string) => Answer };

/** The verdicts of this attempt, one per gate. */
export const gatesOf = ({ board, attempt }: Told): GateEvaluation[] =>
  (board.gate_evaluations ?? []).filter((one) => one.attempt === attempt);

export const shutChecksOf = (told: Told): Check[] =>
  gatesOf(told).flatMap(({ checks }) => checks.filter(({ outcome }) => !isOpen(outcome)));

export const checkOf = (told: Told, ...names: Check['check'][]): Check[] =>
  gatesOf(told).flatMap(({ checks }) => checks.filter(({ check }) => names.includes(check)));

/** One check in a sentence, with its evidence. */
export const sayCheck = ({ check, outcome, reason }: Check): string => `${check.replaceAll('_', ' ')} ${outcome}: ${reason}.`;

export const says = (sentences: readonly (string | null | undefined | false)[], evidence: readonly string[] = []): Answer => ({
  text: sentences.filter((one): one is string => typeof one === 'string' && one !== '').join(' '),
  evidence: [...new Set(evidence)],
});

export const evidenceOf = (checks: readonly Check[]): string[] => checks.flatMap(({ evidence }) => evidence);

export const inUtc = (at: number): string => `${new Date(at).toISOString().replace('T', ' ').slice(0, 16)} UTC`;

/** Ends a sentence once. */
export const sentence = (text: string): string => (text === '' ? '' : `${text.replace(/\.$/, '')}.`);
