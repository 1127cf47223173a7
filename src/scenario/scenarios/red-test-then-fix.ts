import { defineScenario } from '../scenario-schema.js';

export default defineScenario({
  name: 'red-test-then-fix',
  summary: 'A regression test is red; the fix is on its branch, the loop turns once, and the second candidate is promoted.',
  faults: [{ kind: 'red_test', at: 'comprehensive-testing-routine', untilAttempt: 1 }],
  decisions: [{ on: 'approval' }],
  expect: {
    outcome: 'promoted',
    attempts: 2,
    emits: ['staging/rollback_required', 'staging/development_requested', 'staging/deployment_validated', 'swarm/completed'],
    gates: { functional: 'passed' },
    serves: { staging: 'v2.2.0', production: 'v2.2.0' },
    unmet: [],
  },
});
