import { defineScenario } from '../scenario-schema.js';

export default defineScenario({
  name: 'crash-during-deployment',
  summary: "The candidate's process ends three minutes into its rollout; the traffic is back with the next sample.",
  faults: [{ at: 'staging-deployment-routine', kind: 'crash', afterS: 180 }],
  expect: {
    outcome: 'rolled_back',
    because: 'crash',
    emits: ['staging/deployment_validated', 'staging/rollback_required', 'swarm/failed'],
    neverEmits: ['production/promotion_requested'],
    serves: { staging: 'v2.1.1', production: null },
  },
});
