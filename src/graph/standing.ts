import { explainGate } from '../gates/evaluate-gate.js';
import type { StagingState } from './state.js';

/** What of the state says where a release stands. */
type Standing = Pick<
  StagingState,
  'request' | 'releaseId' | 'outcome' | 'outcomeReason' | 'waiting' | 'halt' | 'gate_evaluations' | 'attempt'
> & {
  events: readonly { topic: string }[];
};

/** Where a release stands, in words for whoever asks on its thread: from the blackboard, never from a model. */
export const standing = (state: Standing): string => {
  const { request, releaseId, outcome, outcomeReason, waiting, halt } = state;
  const name = `Release ${releaseId}, ${request?.service} ${request?.version}`;
  if (outcome !== null) return `${name}: ${outcome}. ${sentence(outcomeReason)} A new release begins on a thread of its own.`;
  const shut = (state.gate_evaluations ?? []).filter((one) => one.attempt === state.attempt && one.outcome !== 'passed');
  const gates = shut.map(explainGate).join(' ');
  if (waiting?.kind === 'approval') return `${name}, waits for an approver. ${sentence(waiting.reason)}`;
  if (waiting?.kind === 'soak') return `${name}, is being observed. ${sentence(waiting.reason)}`;
  if (halt !== null) return `${name}, has stopped and goes on now. ${sentence(halt.reason)}`;
  const last = state.events.at(-1);
  return `${name}, is under way${last ? `: ${last.topic}` : ''}. ${gates}`.trim();
};

const sentence = (text: string): string => (text === '' ? '' : `${text.replace(/\.$/, '')}.`);
