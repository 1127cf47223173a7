import type { AgentName } from './agents.js';
import type { EventTopic } from './events.js';
import type { FieldName } from './fields.js';
import type { ToolName } from './tools.js';

type RoutineRow = {
  agent: AgentName;
  on: EventTopic;
  does: string;
  /** Evidence that must be there when the routine settles; the runtime collects what the model does not. */
  requires: readonly ToolName[];
  /** Tools that the model may call besides. */
  may: readonly ToolName[];
  writes: readonly FieldName[];
  emits: readonly EventTopic[];
};

/** The routines: who runs what on which event, what it must leave behind, what it writes and emits. */
export const routines = {
  'environment-setup-routine': {
    agent: 'environment_manager',
    on: 'swarm/started',
    does: 'Plan the staging environment for this release.',
    requires: ['plan_environment'],
    may: [],
    writes: ['environment_status'],
    emits: ['staging/environment_setup_requested', 'swarm/failed'],
  },
  'infrastructure-provisioning-routine': {
    agent: 'environment_manager',
    on: 'staging/environment_setup_requested',
    does: 'Provision staging with the stable version and every declared service.',
    requires: ['provision_environment'],
    may: ['read_logs'],
    writes: ['environment_status', 'infrastructure_provisioned'],
    emits: ['staging/monitoring_requested', 'staging/development_requested', 'swarm/failed'],
  },
  'monitoring-setup-routine': {
    agent: 'monitoring_specialist',
    on: 'staging/monitoring_requested',
    does: 'Configure monitoring of both slots and arm the alerts.',
    requires: ['configure_monitoring'],
    may: [],
    writes: ['monitoring_configured'],
    emits: [],
  },
  'feature-development-routine': {
    agent: 'feature_developer',
    on: 'staging/development_requested',
    does: 'Integrate the requested features, develop the one that is only described, and build the artifact.',
    requires: ['integrate_features', 'read_changes', 'check_development', 'build_artifact'],
    may: ['read_source_heads', 'read_file', 'search_files', 'edit_file', 'run_tests'],
    writes: ['feature_artifacts', 'development_changes', 'dropped_features'],
    emits: ['staging/integration_testing_needed', 'staging/rollback_required'],
  },
  'integration-testing-routine': {
    agent: 'feature_developer',
    on: 'staging/integration_testing_needed',
    does: 'Run the unit and integration tests on the artifact.',
    requires: ['run_suite'],
    may: ['read_changes'],
    writes: ['integration_test_results'],
    emits: ['staging/environment_sync_needed', 'staging/rollback_required'],
  },
  'environment-sync-routine': {
    agent: 'environment_manager',
    on: 'staging/environment_sync_needed',
    does: 'Bring the data up to date and start the candidate as a preview on the idle slot.',
    requires: ['copy_data', 'snapshot_database', 'migrate_database', 'deploy_preview'],
    may: ['read_logs'],
    writes: ['environment_status'],
    emits: ['staging/testing_requested', 'staging/rollback_required'],
  },
  'comprehensive-testing-routine': {
    agent: 'qa_tester',
    on: 'staging/testing_requested',
    does: 'Test the preview: API, UI, regression and smoke suites, and the security scans.',
    requires: ['run_suite', 'audit_dependencies', 'scan_code', 'scan_http'],
    may: ['read_logs', 'read_changes'],
    writes: ['test_results', 'test_failures', 'security_results'],
    emits: ['staging/performance_testing_needed'],
  },
  'performance-testing-routine': {
    agent: 'qa_tester',
    on: 'staging/performance_testing_needed',
    does: 'Put load on the preview and measure it.',
    requires: ['run_load'],
    may: ['read_logs'],
    writes: ['performance_results'],
    emits: ['staging/testing_completed'],
  },
  'feature-signoff-routine': {
    agent: 'feature_developer',
    on: 'staging/testing_completed',
    does: "Read the results as the features' developer and give the go-ahead, or hold.",
    requires: [],
    may: ['read_logs', 'read_changes'],
    writes: [],
    emits: ['staging/deployment_approved', 'staging/deployment_requested', 'staging/rollback_required'],
  },
  'deployment-planning-routine': {
    agent: 'environment_manager',
    on: 'staging/deployment_requested',
    does: 'Plan the deployment: strategy, steps, risks, and the way back.',
    requires: ['plan_deployment'],
    may: [],
    writes: ['deployment_plan'],
    emits: ['staging/validation_requested'],
  },
  'deployment-validation-routine': {
    agent: 'deployment_validator',
    on: 'staging/validation_requested',
    does: 'Evaluate the security, performance and functional gates on the recorded evidence.',
    requires: [],
    may: ['read_changes'],
    writes: ['validation_results', 'validation_status', 'gate_evaluations', 'deployment_approved'],
    emits: ['staging/deployment_validated', 'staging/rollback_required'],
  },
  'staging-deployment-routine': {
    agent: 'environment_manager',
    on: 'staging/deployment_validated',
    does: 'Roll the candidate out in staging.',
    requires: ['run_rollout'],
    may: ['read_logs'],
    writes: ['deployment_status', 'deployment_history'],
    emits: ['staging/smoke_testing_needed', 'staging/rollback_required'],
  },
  'smoke-testing-routine': {
    agent: 'qa_tester',
    on: 'staging/smoke_testing_needed',
    does: 'Run the smoke and regression suites against the live staging address.',
    requires: ['run_suite'],
    may: ['read_logs'],
    writes: ['test_results', 'test_failures'],
    emits: ['staging/performance_monitoring', 'staging/rollback_required'],
  },
  'performance-monitoring-routine': {
    agent: 'monitoring_specialist',
    on: 'staging/performance_monitoring',
    does: 'Read what the live candidate measures under traffic.',
    requires: ['query_metrics'],
    may: ['read_logs'],
    writes: ['performance_metrics'],
    emits: ['staging/health_check_needed'],
  },
  'health-check-routine': {
    agent: 'monitoring_specialist',
    on: 'staging/health_check_needed',
    does: 'Judge the health of services and dependencies since the deployment.',
    requires: ['check_health'],
    may: ['read_logs', 'query_metrics'],
    writes: ['health_status', 'service_health', 'dependency_health', 'monitoring_alerts'],
    emits: ['staging/deployment_gate_evaluation'],
  },
  'deployment-gate-routine': {
    agent: 'deployment_validator',
    on: 'staging/deployment_gate_evaluation',
    does: 'Evaluate the stability gate: enough healthy time, no alert, no leak.',
    requires: [],
    may: ['query_metrics'],
    writes: ['gate_evaluations', 'deployment_approved'],
    emits: ['staging/production_readiness_check', 'staging/rollback_required'],
  },
  'production-readiness-routine': {
    agent: 'deployment_validator',
    on: 'staging/production_readiness_check',
    does: 'Fill the readiness checklist and evaluate the approval gate.',
    requires: ['check_rollback_target', 'check_health'],
    may: ['query_metrics', 'read_changes'],
    writes: ['production_ready', 'readiness_checklist', 'gate_evaluations', 'deployment_approved'],
    emits: ['production/promotion_requested', 'staging/rollback_required', 'swarm/completed'],
  },
  'production-promotion-routine': {
    agent: 'environment_manager',
    on: 'production/promotion_requested',
    does: 'Promote the validated artifact to production and tag it.',
    requires: ['promote_to_production', 'tag_version'],
    may: [],
    writes: ['deployment_status', 'deployment_history'],
    emits: ['swarm/completed', 'staging/rollback_required'],
  },
  'alert-response-routine': {
    agent: 'monitoring_specialist',
    on: 'staging/alert_triggered',
    does: 'Read what raised the alert and record it; the traffic is already back.',
    requires: ['check_health'],
    may: ['read_logs', 'query_metrics'],
    writes: ['health_status', 'monitoring_alerts'],
    emits: ['staging/rollback_required'],
  },
  'rollback-routine': {
    agent: 'environment_manager',
    on: 'staging/rollback_required',
    does: 'Take the release back as far as its plan allows, then ask for a fix or end.',
    requires: ['roll_back', 'restore_database', 'gather_clues', 'read_source_heads', 'find_culprit'],
    may: ['read_logs'],
    writes: ['deployment_status', 'deployment_history', 'culprit_search'],
    emits: ['staging/development_requested', 'swarm/failed'],
  },
} as const satisfies Record<string, RoutineRow>;

export type RoutineName = keyof typeof routines;
export const routineNames = Object.keys(routines) as RoutineName[]; // keys of a const table
export type RoutineOf<A extends AgentName> = { [R in RoutineName]: (typeof routines)[R]['agent'] extends A ? R : never }[RoutineName];
