import { defineScenario } from '../scenario-schema.js';

export default defineScenario({
  name: 'one-bad-feature-of-two',
  summary: 'Of two features one breaks a regression test: the candidate that holds both is shut out before it takes any traffic.',
  request: { features: ['wishlist', 'fast-checkout'] },
  faults: [{ at: 'comprehensive-testing-routine', kind: 'red_test', feature: 'fast-checkout' }],
  expect: {
    outcome: 'rejected',
    because: 'simulated regression',
    attempts: 1,
    neverEmits: ['staging/deployment_validated', 'production/promotion_requested'],
    gates: { functional: 'failed' },
    serves: { staging: 'v2.1.1', production: null },
  },
});
