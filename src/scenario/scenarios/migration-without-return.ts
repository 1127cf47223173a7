import { defineScenario } from '../scenario-schema.js';

export default defineScenario({
  name: 'migration-without-return',
  summary:
    'The migration cannot be undone, so the stable version no longer answers: the plan names the blocking risk, there is no way back, and the approval gate shuts before production.',
  faults: [{ kind: 'irreversible_migration' }],
  decisions: [{ on: 'approval' }],
  expect: {
    outcome: 'rolled_back',
    because: 'no healthy version to go back to',
    neverEmits: ['production/promotion_requested', 'swarm/completed'],
    gates: { approval: 'failed' },
    serves: { production: null },
  },
});
