import { defineScenario } from '../scenario-schema.js';

export default defineScenario({
  name: 'flapping-metric',
  summary: 'One health check in ten fails, never two in a row: no alert fires, and the share of good answers shuts the stability gate.',
  faults: [{ at: 'performance-monitoring-routine', kind: 'failed_health_checks', everyS: 600, forS: 60 }],
  expect: {
    outcome: 'rolled_back',
    because: 'health checks answered',
    neverEmits: ['staging/alert_triggered', 'production/promotion_requested'],
    gates: { stability: 'failed' },
    serves: { staging: 'v2.1.1', production: null },
  },
});
