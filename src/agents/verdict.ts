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

/** Evidence as the store has it. Throws EVIDENCE_UNKNOWN. */
export const loadEvidence = async (ref: EvidenceRef, store: Store): Promise<Evidence> => {
  const loaded: object = { ...ref, data: tools[ref.tool].result.parse(await store.evidence(ref.digest)) };
  return loaded as Evidence; // the tool's own schema parsed its data
};

const known = new WeakMap<Store, Map<string, Promise<Evidence['data']>>>();
const mostKnown = 1_024;

/**
 * The same, for a release that goes on: it is read and parsed once, and frozen, for what lies under a digest never changes. Of the newest
 * 1 024 results that were asked for the data stay in memory.
 */
export const recallEvidence = async (ref: EvidenceRef, store: Store): Promise<Evidence> => {
  const recalled = known.get(store) ?? new Map<string, Promise<Evidence['data']>>();
  known.set(store, recalled);
  const key = `${ref.tool} ${ref.digest}`;
  const data = recalled.get(key) ?? loadEvidence(ref, store).then((evidence) => deepFreeze(evidence.data));
  recalled.delete(key);
  recalled.set(key, data); // the last that was asked for stands last
  const [oldest] = recalled.keys();
  if (recalled.size > mostKnown && oldest !== undefined) recalled.delete(oldest);
  try {
    const evidence: object = { ...ref, data: await data };
    return evidence as Evidence; // the tool's own schema parsed its data
  } catch (error) {
    recalled.delete(key);
    throw error;
  }
};

const deepFreeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
};
