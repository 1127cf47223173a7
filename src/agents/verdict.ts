import type { Store } from '../blackboard/store.js';
import type { StagingConfig } from '../catalog/config.js';
import type { GateEvaluation } from '../catalog/fields.js';
import type { GateName } from '../catalog/gates.js';
import { tools, type Evidence, type ToolName } from '../catalog/tools.js';
import { evaluateGate } from '../gates/evaluate-gate.js';

/** A reference to evidence, as the state holds it: the content lies in the store. */
export type EvidenceRef = {
  id: string;
  tool: ToolName;
  digest: string;
  source: string;
  at: number;
  attempt: number;
  args: Record<string, unknown>;
};

/** Everything that a verdict was computed from, so that anyone can compute it again. */
export type VerdictInputs = {
  gate: GateName;
  stage: 'validation' | 'readiness';
  attempt: number;
  at: number;
  policy: Policy;
  /** Of what is released together with the first. */
  services?: { service: string; policy: Policy }[];
  evidence: EvidenceRef[];
  approvals: { by: string; at: number; preSigned: boolean; digest: string }[];
  requestedBy: string | null;
};

export type Judged = { evaluation: GateEvaluation; inputs: VerdictInputs };

export type Policy = Pick<
  StagingConfig,
  'gates' | 'performanceTargets' | 'stability' | 'suites' | 'limits' | 'approvers' | 'approval' | 'waivers' | 'rollout'
>;

/** The part of the configuration that verdicts depend on. */
export const policyOf = ({
  gates,
  performanceTargets,
  stability,
  suites,
  limits,
  approvers,
  approval,
  waivers,
  rollout,
}: StagingConfig): Policy => ({
  gates,
  performanceTargets,
  stability,
  suites,
  limits,
  approvers,
  approval,
  waivers,
  rollout,
});

/** The verdict, from its inputs alone. */
export const recompute = (inputs: VerdictInputs, evidence: readonly Evidence[]): GateEvaluation =>
  evaluateGate(inputs.gate, {
    config: inputs.policy,
    evidence,
    attempt: inputs.attempt,
    at: inputs.at,
    stage: inputs.stage,
    approval: null,
    approvals: inputs.approvals,
    requestedBy: inputs.requestedBy,
    services: (inputs.services ?? []).map(({ service, policy }) => ({ service, config: policy })),
  });

export const loadEvidence = async (ref: EvidenceRef, store: Store): Promise<Evidence> => {
  const loaded: object = { ...ref, data: tools[ref.tool].result.parse(await store.evidence(ref.digest)) };
  return loaded as Evidence; // the tool's own schema parsed its data
};
