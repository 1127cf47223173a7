import { digestOf } from '../blackboard/digest.js';
import type { SettleInput } from './settle.js';

/**
 * What an approval is bound to: this release and attempt, this artifact, this environment, this plan, these verdicts, this policy.
 * Anything else makes it another question.
 */
export const approvalDigest = ({
  releaseId,
  board,
  attempt,
  config,
  request,
}: Pick<SettleInput, 'releaseId' | 'board' | 'attempt' | 'config' | 'request'>): string =>
  digestOf({
    release: [releaseId, attempt, request.service, request.version, request.requestedBy ?? null],
    ...(request.services !== undefined && { services: request.services }),
    artifact: board.development_changes?.artifact,
    commit: board.development_changes?.commit,
    environment: request.target,
    ...(request.conditions !== undefined && { conditions: request.conditions }),
    plan: board.deployment_plan,
    verdicts: (board.gate_evaluations ?? [])
      .filter((one) => one.attempt === attempt && one.gate !== 'approval' && one.gate !== 'functional')
      .map(({ gate, outcome, checks }) => ({ gate, outcome, evidence: checks.flatMap((check) => check.evidence) })),
    policy: digestOf({
      gates: config.gates,
      targets: config.performanceTargets,
      stability: config.stability,
      rollout: config.rollout,
      approvers: config.approvers,
      approval: config.approval,
      waivers: config.waivers,
    }),
  });
