/** The scenario's success criteria, in its own words; `scenario/evaluate-criteria` understands them. */
export const successCriteria = {
  requiredEvents: [
    'staging/environment_setup_requested',
    'staging/development_requested',
    'staging/testing_requested',
    'staging/deployment_requested',
    'staging/validation_requested',
    'staging/production_readiness_check',
  ],
  blackboardState: {
    deployment_approved: 'true',
    production_ready: 'true',
    environment_status: 'staging_environment_ready',
    validation_status: 'deployment_validated',
    health_status: 'healthy',
  },
  deploymentMetrics: {
    testPassRate: '>=95%',
    performanceTargetsMet: 'all',
    securityIssues: 'no_critical',
    stabilityPeriod: '>=24_hours',
    deploymentSuccess: 'true',
  },
} as const;
export type SuccessCriteria = {
  requiredEvents: readonly string[];
  blackboardState: Record<string, string>;
  deploymentMetrics: Record<string, string>;
};
