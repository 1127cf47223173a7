import { AIMessage } from '@langchain/core/messages';
import { interrupt } from '@langchain/langgraph';
import { z } from 'zod';
import { titleOf } from '../catalog/request.js';
import { emitted } from './agent-node.js';
import type { Runtime } from './runtime.js';
import type { StagingState, StagingUpdate } from './state.js';

/** What an approver is shown. The answer must carry the same digest. */
export type ApprovalQuestion = {
  kind: 'approval';
  release: string;
  digest: string;
  service: string;
  version: string;
  artifact: string;
  environment: 'production';
  gates: { gate: string; outcome: string }[];
  risks: string[];
  rollback: string;
  approvers: string[];
  question: string;
};

const answerSchema = (digest: string, approvers: readonly string[]) =>
  z.strictObject({
    digest: z.literal(digest),
    decision: z.enum(['approved', 'rejected']),
    by: z.enum(approvers as [string, ...string[]]), // the configuration has at least one
    comment: z.string().default(''),
  });

/** Alone in its node, as LangGraph asks of an interrupt: the answer is parsed against the digest of what was shown. */
export const approval =
  (runtime: Runtime) =>
  (state: StagingState): StagingUpdate => {
    const { waiting, request, releaseId } = state;
    if (waiting?.kind !== 'approval' || request === null || releaseId === null) return {};
    const answer = answerSchema(waiting.digest, runtime.config.approvers).parse(
      interrupt<ApprovalQuestion>(questionOf(state, runtime), { responseSchema: answerSchema(waiting.digest, runtime.config.approvers) }),
    );
    const at = runtime.ports.clock.now();
    const last = state.events.at(-1);
    if (!last) return {};
    runtime.store.append(releaseId, [
      {
        key: `approval:${waiting.digest}`,
        at,
        agent: answer.by,
        routine: '',
        kind: 'note',
        name: `approval ${answer.decision}`,
        value: answer,
      },
    ]);
    const rejected = answer.decision === 'rejected';
    return {
      waiting: null,
      approvals: [{ id: waiting.digest, decision: answer.decision, by: answer.by, at, preSigned: false, comment: answer.comment }],
      events: [
        rejected
          ? emitted(
              last,
              'staging/rollback_required',
              'approval',
              `rejected by ${answer.by}${answer.comment ? `: ${answer.comment}` : ''}`,
              at,
            )
          : emitted(last, 'staging/production_readiness_check', 'approval', '', at),
      ],
      messages: [new AIMessage(`${answer.by} has ${answer.decision} the promotion.`)],
    };
  };

const questionOf = (state: StagingState, runtime: Runtime): ApprovalQuestion => ({
  kind: 'approval',
  release: state.releaseId ?? '',
  digest: state.waiting?.kind === 'approval' ? state.waiting.digest : '',
  service: state.request?.service ?? '',
  version: state.request?.version ?? '',
  artifact: state.development_changes?.artifact ?? '',
  environment: 'production',
  gates: (state.gate_evaluations ?? []).filter((one) => one.attempt === state.attempt).map(({ gate, outcome }) => ({ gate, outcome })),
  risks: [...(state.deployment_plan?.risks.map(({ risk }) => risk) ?? []), ...patched(state)],
  rollback: state.deployment_plan?.rollback ?? '',
  approvers: runtime.config.approvers,
  question: `Promote ${state.request === null ? 'it' : titleOf(state.request)} to production?`,
});

/** An approver sees that the candidate is not what people have committed alone. */
const patched = ({ development_changes: changes }: StagingState): string[] => {
  const patch = /, (patched by .+)$/.exec(changes?.detail ?? '')?.[1];
  return patch === undefined ? [] : [`a model has edited it: ${patch}`];
};
