import { suiteKinds } from '../../catalog/suite-kinds.js';
import { defineScenario } from '../scenario-schema.js';

const suites = suiteKinds.map((kind) => ({ name: kind, kind, command: ['true'] }));

export default defineScenario({
  name: 'two-services-go-back',
  summary: 'Storefront and payments are released together; payments fails once it takes traffic, and both go back in one movement.',
  request: { version: 'v2.2.0', services: [{ service: 'payments', version: 'v1.4.0' }] },
  config: {
    service: { name: 'storefront', stable: 'v2.1.1', start: { command: ['true'] }, dependsOn: ['payments'] },
    services: [{ name: 'payments', stable: 'v1.3.0', start: { command: ['true'] }, criticalUserPaths: ['/charge'] }],
    suites: [...suites, ...suites.map((suite) => ({ ...suite, name: `payments-${suite.name}`, service: 'payments' }))],
  },
  faults: [{ at: 'staging-deployment-routine', kind: 'error_rate', value: 0.04, service: 'payments' }],
  expect: {
    outcome: 'rolled_back',
    because: 'payments: ',
    attempts: 1,
    emits: ['staging/deployment_validated', 'staging/rollback_required', 'swarm/failed'],
    neverEmits: ['staging/smoke_testing_needed', 'production/promotion_requested'],
    serves: { staging: 'v2.1.1 with payments v1.3.0', production: null },
  },
});
