import { z } from 'zod';
import type { AgentName } from './agents.js';
import { checkNames, checkOutcomes, gateNames, type GateName } from './gates.js';
import { suiteKinds } from './suite-kinds.js';
import { suiteResult } from './suite-result.js';
import { planStep, serviceVersion } from './measurements.js';
import { culpritRecord, droppedFeature } from './development-tools.js';

const evidence = z.array(z.string()).describe('digests');

/** The verdict of one check: what was measured, what was wanted, how far apart, why, and on which evidence. */
const checkSchema = z.object({
  check: z.enum(checkNames),
  outcome: z.enum(checkOutcomes),
  value: z.union([z.number(), z.string(), z.null()]),
  target: z.string(),
  /** Distance to the target in its own unit; negative beyond it; null where there is nothing to measure. */
  margin: z.number().nullable(),
  unit: z.string(),
  reason: z.string(),
  evidence,
});
export type Check = z.infer<typeof checkSchema>;

export const gateEvaluationSchema = z.object({
  id: z.string(),
  gate: z.enum(gateNames as [GateName, ...GateName[]]),
  attempt: z.number().int(),
  outcome: z.enum(checkOutcomes),
  checks: z.array(checkSchema),
  at: z.number(),
});
export type GateEvaluation = z.infer<typeof gateEvaluationSchema>;

const serviceState = z.record(z.string(), z.object({ healthy: z.boolean(), detail: z.string() }));

type FieldRow = { owner: AgentName | 'request'; purpose: string; schema: z.ZodType; merge: 'replace' | 'byId' };

/**
 * The fields of the blackboard. Each has one owner, who alone writes it; `request` fields are set once, at intake.
 * Lists merge by `id`, so writing the same item again changes nothing.
 */
export const fields = {
  staging_environment_config: {
    owner: 'request',
    purpose: 'What the staging environment is made of',
    schema: z.record(z.string(), z.unknown()),
    merge: 'replace',
  },
  deployment_pipeline: {
    owner: 'request',
    purpose: 'Strategy, steps and soak of this release',
    schema: z.record(z.string(), z.unknown()),
    merge: 'replace',
  },
  staging_test_suite: {
    owner: 'request',
    purpose: 'The declared test suites',
    schema: z.array(z.object({ id: z.string(), kind: z.enum(suiteKinds) })),
    merge: 'byId',
  },
  critical_user_paths: { owner: 'request', purpose: 'Paths that users cannot do without', schema: z.array(z.string()), merge: 'replace' },
  performance_targets: {
    owner: 'request',
    purpose: 'Targets of the performance gate',
    schema: z.record(z.string(), z.unknown()),
    merge: 'replace',
  },
  deployment_gates: { owner: 'request', purpose: 'The gates that must open, in order', schema: z.array(z.string()), merge: 'replace' },
  production_criteria: {
    owner: 'request',
    purpose: 'What production readiness asks for',
    schema: z.record(z.string(), z.unknown()),
    merge: 'replace',
  },

  environment_status: {
    owner: 'environment_manager',
    purpose: 'Current staging environment state',
    schema: z.enum(['planned', 'provisioning', 'staging_environment_ready', 'environment_not_ready']),
    merge: 'replace',
  },
  infrastructure_provisioned: {
    owner: 'environment_manager',
    purpose: 'Whether every declared service answers',
    schema: z.boolean(),
    merge: 'replace',
  },
  deployment_plan: {
    owner: 'environment_manager',
    purpose: 'Strategy, steps, risks and the way back',
    schema: z.object({
      strategy: z.string(),
      steps: z.array(z.string()),
      rollback: z.string(),
      release: z.array(planStep).optional(),
      risks: z.array(z.object({ risk: z.string(), blocking: z.boolean() })),
      evidence,
    }),
    merge: 'replace',
  },
  deployment_status: {
    owner: 'environment_manager',
    purpose: 'Current deployment state',
    schema: z.enum(['deployment_successful', 'deployment_failed', 'rolled_back', 'frozen', 'promoted_to_production']),
    merge: 'replace',
  },
  deployment_history: {
    owner: 'environment_manager',
    purpose: 'Deployments with version, time, duration and status',
    schema: z.array(
      z.object({
        id: z.string(),
        environment: z.enum(['staging', 'production']),
        version: z.string(),
        digest: z.string(),
        /** The digest of the configuration that it went with. */
        configuration: z.string().optional(),
        /** What moved together with it. */
        services: z.array(serviceVersion).optional(),
        at: z.number(),
        durationMs: z.number(),
        /** `refused`: a freeze, and nothing was moved. */
        status: z.enum(['success', 'rollback', 'failed', 'refused']),
        reason: z.string(),
        attempt: z.number(),
        /** Who let it go on, or sent it back: an approver, a person, an alert by its name, `watcher`, or the agent. */
        by: z.string().optional(),
        /** From the first sign of a failure to all traffic on the version before; null where nothing had to go back. */
        restoreMs: z.number().nullable().optional(),
        /** When each commit that it brings was made, where the source tells. */
        committedAt: z.array(z.number()).optional(),
        evidence,
      }),
    ),
    merge: 'byId',
  },
  culprit_search: {
    owner: 'environment_manager',
    purpose: 'Which of several features made the release fail, and how that was found',
    schema: z.array(culpritRecord),
    merge: 'byId',
  },

  dropped_features: {
    owner: 'feature_developer',
    purpose: 'Features that the release goes on without, and why',
    schema: z.array(droppedFeature),
    merge: 'byId',
  },
  feature_artifacts: {
    owner: 'feature_developer',
    purpose: 'Developed feature components',
    schema: z.array(
      z.object({
        id: z.string(),
        feature: z.string(),
        branch: z.string(),
        commit: z.string(),
        artifact: z.string(),
        attempt: z.number(),
        evidence,
      }),
    ),
    merge: 'byId',
  },
  development_changes: {
    owner: 'feature_developer',
    purpose: 'What separates the candidate from the stable version',
    schema: z.object({
      status: z.enum(['built', 'conflict', 'not_developed', 'build_failed']),
      commit: z.string(),
      artifact: z.string(),
      files: z.number(),
      insertions: z.number(),
      deletions: z.number(),
      detail: z.string(),
      evidence,
    }),
    merge: 'replace',
  },
  integration_test_results: {
    owner: 'feature_developer',
    purpose: 'Unit and integration outcomes on the artifact',
    schema: z.array(suiteResult),
    merge: 'byId',
  },

  test_results: { owner: 'qa_tester', purpose: 'Comprehensive test outcomes', schema: z.array(suiteResult), merge: 'byId' },
  test_failures: {
    owner: 'qa_tester',
    purpose: 'Every failed test with its assertion',
    schema: z.array(z.object({ id: z.string(), suite: z.string(), test: z.string(), message: z.string(), attempt: z.number() })),
    merge: 'byId',
  },
  security_results: {
    owner: 'qa_tester',
    purpose: 'Vulnerabilities, findings and probes that did not hold',
    schema: z.object({
      critical: z.number().nullable(),
      high: z.number().nullable(),
      findings: z.number().nullable(),
      failedProbes: z.array(z.string()),
      evidence,
    }),
    merge: 'replace',
  },
  performance_results: {
    owner: 'qa_tester',
    purpose: 'Performance testing metrics',
    schema: z.object({
      status: z.enum(['completed', 'errored', 'not_configured', 'not_run']),
      averageMs: z.number(),
      p95Ms: z.number(),
      p99Ms: z.number(),
      throughputRps: z.number(),
      errorRate: z.number(),
      requests: z.number(),
      evidence,
    }),
    merge: 'replace',
  },

  validation_results: {
    owner: 'deployment_validator',
    purpose: 'Deployment validation outcomes',
    schema: z.array(z.object({ id: z.string(), gate: z.string(), outcome: z.enum(checkOutcomes), reason: z.string() })),
    merge: 'byId',
  },
  validation_status: {
    owner: 'deployment_validator',
    purpose: 'Whether the candidate may take traffic',
    schema: z.enum(['deployment_validated', 'validation_failed', 'validation_inconclusive']),
    merge: 'replace',
  },
  gate_evaluations: {
    owner: 'deployment_validator',
    purpose: 'Every gate with its checks',
    schema: z.array(gateEvaluationSchema),
    merge: 'byId',
  },
  deployment_approved: { owner: 'deployment_validator', purpose: 'Final deployment approval', schema: z.boolean(), merge: 'replace' },
  production_ready: { owner: 'deployment_validator', purpose: 'Production promotion readiness', schema: z.boolean(), merge: 'replace' },
  readiness_checklist: {
    owner: 'deployment_validator',
    purpose: 'Stability, performance, security and functionality at a glance',
    schema: z.array(z.object({ id: z.string(), item: z.string(), ok: z.boolean(), detail: z.string() })),
    merge: 'byId',
  },

  monitoring_configured: {
    owner: 'monitoring_specialist',
    purpose: 'Whether both slots are watched',
    schema: z.boolean(),
    merge: 'replace',
  },
  performance_metrics: {
    owner: 'monitoring_specialist',
    purpose: 'What the live candidate measures',
    schema: z.object({
      requests: z.number(),
      throughputRps: z.number(),
      errorRate: z.number(),
      latencyAverageMs: z.number().nullable(),
      latencyP95Ms: z.number().nullable(),
      cpuCores: z.number().nullable(),
      memoryBytes: z.number().nullable(),
      evidence,
    }),
    merge: 'replace',
  },
  health_status: {
    owner: 'monitoring_specialist',
    purpose: 'Environment health',
    schema: z.enum(['healthy', 'degraded', 'unhealthy']),
    merge: 'replace',
  },
  service_health: { owner: 'monitoring_specialist', purpose: 'Health of each service', schema: serviceState, merge: 'replace' },
  dependency_health: { owner: 'monitoring_specialist', purpose: 'Health of each dependency', schema: serviceState, merge: 'replace' },
  monitoring_alerts: {
    owner: 'monitoring_specialist',
    purpose: 'Alerts of this release',
    schema: z.array(z.object({ id: z.string(), name: z.string(), since: z.number(), detail: z.string() })),
    merge: 'byId',
  },
} as const satisfies Record<string, FieldRow>;

export type FieldName = keyof typeof fields;
export const fieldNames = Object.keys(fields) as FieldName[]; // keys of a const table
export type FieldValue<F extends FieldName> = z.infer<(typeof fields)[F]['schema']>;
export type Board = { [F in FieldName]?: FieldValue<F> };
type OwnedBy<O> = { [F in FieldName]: (typeof fields)[F]['owner'] extends O ? F : never }[FieldName];
/** What an agent may write: another agent's field does not compile. */
export type PostsOf<O extends AgentName | 'request'> = { [F in OwnedBy<O>]?: FieldValue<F> };
