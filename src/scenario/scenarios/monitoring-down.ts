import { defineScenario } from '../scenario-schema.js';

export default defineScenario({
  name: 'monitoring-down',
  summary: 'Monitoring falls silent after the deployment: stability stays unknown, which is never a pass.',
  faults: [{ at: 'performance-monitoring-routine', kind: 'monitoring_down' }],
  decisions: [{ on: 'approval' }],
  expect: {
    outcome: 'rolled_back',
    emits: ['staging/health_check_needed', 'staging/deployment_gate_evaluation', 'staging/rollback_required', 'swarm/failed'],
    neverEmits: ['staging/production_readiness_check', 'production/promotion_requested'],
    gates: { stability: 'inconclusive' },
    serves: { staging: 'v2.1.1', production: null },
  },
});
