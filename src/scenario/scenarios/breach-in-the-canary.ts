import { defineScenario } from '../scenario-schema.js';

export default defineScenario({
  name: 'breach-in-the-canary',
  summary: 'Four percent of the requests fail once the candidate takes traffic; it goes back before anyone is asked.',
  faults: [{ at: 'staging-deployment-routine', kind: 'error_rate', value: 0.04 }],
  expect: {
    outcome: 'rolled_back',
    because: 'of its requests failed',
    attempts: 1,
    emits: ['staging/deployment_validated', 'staging/rollback_required', 'swarm/failed'],
    neverEmits: ['staging/smoke_testing_needed', 'production/promotion_requested'],
    serves: { staging: 'v2.1.1', production: null },
  },
});
