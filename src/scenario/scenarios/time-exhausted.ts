import { defineScenario } from '../scenario-schema.js';

export default defineScenario({
  name: 'time-exhausted',
  summary: 'The active minutes are used up in the middle of the tests; an hour later a person raises the limit, and the release goes on.',
  limits: { maxActiveMinutes: 0.4 },
  decisions: [{ on: 'limit', raise: { maxActiveMinutes: 14 }, afterS: 3_600 }, { on: 'approval' }],
  expect: {
    outcome: 'promoted',
    attempts: 1,
    stops: ['LIMIT_REACHED'],
    emits: ['staging/testing_requested', 'swarm/completed'],
    neverEmits: ['staging/rollback_required'],
    serves: { staging: 'v2.2.0', production: 'v2.2.0' },
    unmet: [],
  },
});
