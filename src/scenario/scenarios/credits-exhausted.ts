import { defineScenario } from '../scenario-schema.js';

export default defineScenario({
  name: 'credits-exhausted',
  summary: 'The credits do not cover the next model call, so it is not made: a safe stop with everything kept.',
  limits: { maxCredits: 400_000 },
  modelCost: { inputTokens: 1_500, outputTokens: 300 },
  expect: {
    outcome: 'stopped',
    because: 'Stopped before a model call',
    stops: ['LIMIT_REACHED'],
    emits: ['swarm/started', 'staging/development_requested'],
    neverEmits: ['staging/rollback_required', 'swarm/failed', 'swarm/completed'],
    serves: { staging: 'v2.1.1', production: null },
  },
});
