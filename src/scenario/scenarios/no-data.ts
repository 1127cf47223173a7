import { defineScenario } from '../scenario-schema.js';

export default defineScenario({
  name: 'no-data',
  summary: 'Nobody sends the candidate a request: a step without traffic is held twice as long, and then is no ground to go on.',
  faults: [{ at: 'staging-deployment-routine', kind: 'no_traffic' }],
  expect: {
    outcome: 'rolled_back',
    because: '0 of at least 50 requests',
    emits: ['staging/deployment_validated', 'staging/rollback_required', 'swarm/failed'],
    neverEmits: ['staging/smoke_testing_needed', 'production/promotion_requested'],
    serves: { staging: 'v2.1.1', production: null },
  },
});
