import type { AgentName, agents } from './agents.js';

/** What an action does to the world. */
export const actionClasses = ['read', 'develop', 'test', 'deploy-staging', 'deploy-production', 'data', 'secrets'] as const;
export type ActionClass = (typeof actionClasses)[number];

/** Where it does it: the repository with its worktrees and artifacts, or one of the environments. */
export const places = ['repository', 'staging', 'production'] as const;
export type Place = (typeof places)[number];

/** Classes of action by place: what a tool takes, or what a row lets an agent do. */
export type Acts<C extends ActionClass = ActionClass> = Partial<Record<Place, readonly C[]>>;

/** Never a model's, in any row: what reaches users, what cannot be undone, and what opens other doors. */
export const codeOnly = ['deploy-production', 'data', 'secrets'] as const satisfies readonly ActionClass[];
type ModelClass = Exclude<ActionClass, (typeof codeOnly)[number]>;

/** A row names one of the agent's roles in the scenario. `model`: the agent's model may propose it, and code may do it as well. */
type PolicyRow<A extends AgentName> = { role: (typeof agents)[A]['role'][number] } & (
  ({ by: 'model' } & Acts<ModelClass>) | ({ by: 'code' } & Acts)
);

/**
 * Who may do what where. Default deny: what no row lists is refused, and a configuration can only take away from it.
 * `secrets` stands in no row: tokens and keys are read where they are used, by no tool of any agent.
 */
export const toolPolicy: { readonly [A in AgentName]: readonly PolicyRow<A>[] } = {
  environment_manager: [
    { role: 'infrastructure setup', by: 'model', repository: ['read'], staging: ['read', 'deploy-staging'], production: ['read'] },
    { role: 'deployment orchestration', by: 'model', staging: ['read', 'deploy-staging'] },
    { role: 'deployment orchestration', by: 'code', repository: ['deploy-production'], production: ['deploy-production', 'data'] },
    { role: 'environment sync', by: 'code', staging: ['data'], production: ['data'] },
    { role: 'rollback management', by: 'model', repository: ['read'], staging: ['read'] },
    {
      ...{ role: 'rollback management', by: 'code', repository: ['develop'] },
      ...{ staging: ['deploy-staging', 'test', 'data'], production: ['deploy-production', 'data'] },
    },
  ],
  feature_developer: [
    { role: 'feature development', by: 'model', repository: ['read', 'develop', 'test'], staging: ['read'] },
    { role: 'integration testing', by: 'model', repository: ['test'] },
    { role: 'artifact creation', by: 'model', repository: ['develop'] },
  ],
  qa_tester: [
    { role: 'functional testing', by: 'model', repository: ['read', 'test'], staging: ['read', 'test'] },
    { role: 'performance testing', by: 'model', staging: ['test'] },
    { role: 'regression testing', by: 'model', staging: ['test'] },
    { role: 'smoke testing', by: 'model', staging: ['test'] },
  ],
  deployment_validator: [
    { role: 'deployment validation', by: 'model', repository: ['read'], staging: ['read'] },
    { role: 'production readiness', by: 'model', repository: ['read'], staging: ['read'] },
  ],
  monitoring_specialist: [
    { role: 'health monitoring', by: 'model', staging: ['read'] },
    { role: 'performance tracking', by: 'model', staging: ['read'] },
    { role: 'alert management', by: 'model', staging: ['read'] },
  ],
};
