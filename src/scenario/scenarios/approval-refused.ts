import { defineScenario } from '../scenario-schema.js';

export default defineScenario({
  name: 'approval-refused',
  summary: 'Every gate is open, and the approver says no.',
  decisions: [{ on: 'approval', decision: 'rejected', comment: 'not on a Friday' }],
  expect: {
    outcome: 'rejected',
    because: 'not on a Friday',
    emits: ['staging/production_readiness_check', 'staging/rollback_required', 'swarm/failed'],
    neverEmits: ['production/promotion_requested', 'swarm/completed'],
    gates: { stability: 'passed' },
    serves: { staging: 'v2.1.1', production: null },
  },
});
