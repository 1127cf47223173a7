import { answerQuestion, withEvidence } from './answer-question.js';
import { standsAt } from './answers/standing-answers.js';
import type { Told } from './answers/told.js';
import { codeOf } from '../gates/rule-on-answer.js';
import { kindOf } from './request/kind-of.js';
import { boardOf, type StagingState } from './state.js';

/**
 * What whoever writes on the thread of a release is told: an answer from the blackboard, never from a model. A message that comes here
 * decides nothing, as no credential says who wrote it.
 */
export const reply = (text: string, told: Told, now: number): string => {
  const kind = kindOf(text);
  const stands = standsAt(told).text;
  switch (kind.kind) {
    case 'question':
      return withEvidence(answerQuestion(text, told, now));
    case 'decision':
    case 'unclear':
      return told.waiting?.kind === 'approval'
        ? `A message decides only where a credential says who wrote it: answer the open question ${codeOf(told.waiting.digest)} itself, or langgraph-staging ${kind.kind === 'decision' && kind.decision === 'rejected' ? 'reject' : 'approve'} ${told.release} --as NAME. ${stands}`
        : `There is no approval to decide. ${stands}`;
    case 'move':
      return told.outcome === null ? `A message moves nothing: langgraph-staging ${kind.move} ${told.release}. ${stands}` : stands;
    case 'request':
      return `${stands}${told.outcome === null ? '' : ' A new release begins on a thread of its own.'}`;
  }
};

/** A release as its state tells it. */
export const toldFrom = (state: StagingState, approvers: readonly string[]): Told | null => {
  const { releaseId, request, outcome, outcomeReason, waiting, halt, attempt, approvals, events } = state;
  if (releaseId === null || request === null) return null;
  return {
    release: releaseId,
    request,
    attempt,
    outcome,
    reason: outcomeReason,
    waiting,
    halt,
    approvals,
    events,
    approvers,
    board: boardOf(state),
  };
};
