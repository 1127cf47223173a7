import { defineScenario } from '../scenario-schema.js';

export default defineScenario({
  name: 'staging-env-scenario',
  summary: 'Two features go through staging, are stable for 48 hours, and are promoted to production.',
  config: { stability: { soakMs: 48 * 3_600_000 } },
  decisions: [{ on: 'approval', by: 'owner', decision: 'approved' }],
  expect: {
    outcome: 'promoted',
    emits: [
      'swarm/started',
      'staging/environment_setup_requested',
      'staging/development_requested',
      'staging/testing_requested',
      'staging/performance_testing_needed',
      'staging/deployment_approved',
      'staging/validation_requested',
      'staging/health_check_needed',
      'staging/production_readiness_check',
      'production/promotion_requested',
      'swarm/completed',
    ],
    neverEmits: ['staging/rollback_required', 'staging/alert_triggered'],
    gates: { security: 'passed', functional: 'passed', stability: 'passed', approval: 'passed' },
    serves: { staging: 'v2.2.0', production: 'v2.2.0' },
    attempts: 1,
    unmet: [],
  },
});
