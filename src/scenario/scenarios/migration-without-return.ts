import { defineScenario } from '../scenario-schema.js';

export default defineScenario({
  name: 'migration-without-return',
  summary:
    'The migration cannot be undone, so the stable version no longer answers: the plan names the blocking risk, the approval gate shuts before production, and the way back is barred: it stops there for a person.',
  faults: [{ kind: 'irreversible_migration' }],
  decisions: [{ on: 'approval' }],
  expect: {
    outcome: 'errored',
    because: 'Failed to switch staging to the blue slot: it is unhealthy',
    stops: ['ADAPTER_FAILED'],
    neverEmits: ['production/promotion_requested', 'swarm/completed'],
    gates: { approval: 'failed' },
    serves: { staging: 'v2.2.0', production: null },
  },
});
