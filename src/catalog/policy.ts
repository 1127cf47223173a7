import type { AgentName } from './agents.js';

/** What a tool does to the world. */
export type ActionClass = 'read' | 'develop' | 'test' | 'deploy-staging' | 'deploy-production' | 'data';

/**
 * Default deny: an agent may do only what its row lists.
 * `deploy-production` and `data` stand here for the runtime alone; no model ever holds a tool of these classes.
 */
export const toolPolicy = {
  environment_manager: ['read', 'deploy-staging', 'deploy-production', 'data'],
  feature_developer: ['read', 'develop', 'test'],
  qa_tester: ['read', 'test'],
  deployment_validator: ['read'],
  monitoring_specialist: ['read'],
} as const satisfies Record<AgentName, readonly ActionClass[]>;

export const runtimeOnly: readonly ActionClass[] = ['deploy-production', 'data'];
