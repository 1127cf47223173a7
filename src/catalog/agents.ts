/** The five agents of the staging swarm, with the roles that the scenario draws. */
export const agents = {
  environment_manager: {
    title: 'Environment Manager',
    role: ['infrastructure setup', 'deployment orchestration', 'environment sync', 'rollback management'],
  },
  feature_developer: {
    title: 'Feature Developer',
    role: ['feature development', 'integration testing', 'artifact creation', 'documentation'],
  },
  qa_tester: {
    title: 'QA Tester',
    role: ['functional testing', 'performance testing', 'regression testing', 'smoke testing'],
  },
  deployment_validator: {
    title: 'Deployment Validator',
    role: ['deployment validation', 'gate evaluation', 'production readiness', 'approval process'],
  },
  monitoring_specialist: {
    title: 'Monitoring Specialist',
    role: ['health monitoring', 'performance tracking', 'alert management', 'metrics collection'],
  },
} as const;

export type AgentName = keyof typeof agents;
export const agentNames = Object.keys(agents) as AgentName[]; // keys of a const table
