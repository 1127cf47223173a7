import { defineScenario } from '../scenario-schema.js';

export default defineScenario({
  name: 'one-bad-feature-of-three',
  summary:
    'Of three features the second makes requests fail under traffic: the canary goes back, previews of parts name it, and the other two are promoted without it.',
  request: { features: ['wishlist', 'gift-wrap', 'fast-checkout'] },
  config: { onCulprit: 'drop' },
  faults: [{ at: 'staging-deployment-routine', kind: 'error_rate', feature: 'gift-wrap', value: 0.04 }],
  decisions: [{ on: 'approval' }],
  expect: {
    outcome: 'promoted',
    because: 'without gift-wrap',
    attempts: 2,
    culprits: ['gift-wrap'],
    emits: ['staging/deployment_validated', 'staging/rollback_required', 'staging/development_requested', 'swarm/completed'],
    serves: { staging: 'v2.2.0', production: 'v2.2.0' },
    unmet: [],
  },
});
