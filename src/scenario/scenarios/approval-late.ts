import { defineScenario } from '../scenario-schema.js';

export default defineScenario({
  name: 'approval-late',
  summary: 'The approver answers three days later; waiting for a person is no active time, and the answer still fits what was shown.',
  decisions: [{ on: 'approval', afterS: 3 * 86_400 }],
  expect: {
    outcome: 'promoted',
    emits: [
      'staging/production_readiness_check',
      'staging/production_readiness_check',
      'production/promotion_requested',
      'swarm/completed',
    ],
    gates: { approval: 'passed' },
    serves: { staging: 'v2.2.0', production: 'v2.2.0' },
    unmet: [],
  },
});
