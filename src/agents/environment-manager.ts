import type { FieldValue } from '../catalog/fields.js';
import type { Evidence, RolloutRecord } from '../catalog/tools.js';
import { canFix, culpritSearchOf } from './fix-loop.js';
import { latest, required, type Settles } from './settle.js';

type HistoryItem = FieldValue<'deployment_history'>[number];

/** Settles the environment manager's routines: setup, provisioning, sync, deployment, promotion and rollback. */
export const environmentManager: Settles<'environment_manager'> = {
  'environment-setup-routine': ({ found }) => {
    const { data } = required(found, 'plan_environment');
    return {
      posts: { environment_status: 'planned' },
      emits: [{ topic: 'staging/environment_setup_requested' }],
      says: `${data.services.length} services on ${data.infrastructure}, stable version ${data.stableVersion}.`,
    };
  },

  'infrastructure-provisioning-routine': ({ found }) => {
    const { data } = required(found, 'provision_environment');
    const silent = data.services.filter((service) => !service.healthy).map((service) => `${service.name}: ${service.detail}`);
    const ready = data.ready && silent.length === 0;
    return {
      posts: { environment_status: ready ? 'staging_environment_ready' : 'environment_not_ready', infrastructure_provisioned: ready },
      emits: ready
        ? [{ topic: 'staging/monitoring_requested' }, { topic: 'staging/development_requested' }]
        : [{ topic: 'swarm/failed', reason: `staging is not ready: ${silent.join('; ') || 'the stable version does not answer'}` }],
      says: ready ? `Staging is ready at ${data.proxyUrl}.` : `Staging is not ready: ${silent.join('; ')}.`,
    };
  },

  'environment-sync-routine': ({ found }) => {
    const migration = required(found, 'migrate_database').data;
    const preview = required(found, 'deploy_preview').data;
    const problem =
      migration.status === 'failed'
        ? `the database migration failed: ${lastLine(migration.output)}`
        : preview.healthy
          ? null
          : `the preview does not answer its health path: ${lastLine(preview.detail)}`;
    return {
      posts: {},
      emits: [problem === null ? { topic: 'staging/testing_requested' } : { topic: 'staging/rollback_required', reason: problem }],
      says: problem ?? `${preview.version} answers in the ${preview.slot} slot after ${Math.round(preview.startupMs)} ms, without traffic.`,
    };
  },

  'deployment-planning-routine': ({ found }) => {
    const { digest, data } = required(found, 'plan_deployment');
    return {
      posts: {
        deployment_plan: { strategy: data.strategy, steps: data.steps, rollback: data.rollback.how, risks: data.risks, evidence: [digest] },
      },
      emits: [{ topic: 'staging/validation_requested' }],
      says: `${data.strategy}: ${data.steps.join(', ')}.`,
    };
  },

  'staging-deployment-routine': ({ found, attempt, id }) => {
    const rollout = required(found, 'run_rollout');
    const completed = rollout.data.outcome === 'completed';
    return {
      posts: {
        deployment_status: completed ? 'deployment_successful' : 'deployment_failed',
        deployment_history: [historyItem(rollout, attempt, id)],
      },
      emits: [completed ? { topic: 'staging/smoke_testing_needed' } : { topic: 'staging/rollback_required', reason: rollout.data.reason }],
      says: rollout.data.reason,
    };
  },

  'production-promotion-routine': ({ found, attempt, id }) => {
    const promotion = required(found, 'promote_to_production');
    const completed = promotion.data.outcome === 'completed';
    const tag = latest(found, 'tag_version')?.data.tag ?? '';
    return {
      posts: {
        deployment_status: completed ? 'promoted_to_production' : 'deployment_failed',
        deployment_history: [historyItem(promotion, attempt, id)],
      },
      emits: [
        completed
          ? { topic: 'swarm/completed', reason: `${promotion.data.version} serves production, tagged ${tag}` }
          : { topic: 'staging/rollback_required', reason: `in production: ${promotion.data.reason}` },
      ],
      says: promotion.data.reason,
    };
  },

  'rollback-routine': (input) => {
    const { found, all, attempt, why, id } = input;
    const rollback = required(found, 'roll_back');
    const rollout = [latest(all, 'run_rollout'), latest(all, 'promote_to_production')].filter((item) => item?.attempt === attempt);
    const fix = canFix(input);
    const back = rollback.data.environments.map(({ environment, version }) => `${version ?? 'nothing'} in ${environment}`);
    const says = `${back.length === 0 ? 'Nothing was deployed' : `Back on ${back.join(', ')}`}: ${why.replace(/\.$/, '')}.`;
    return {
      posts: {
        deployment_status: 'rolled_back',
        ...culpritSearchOf(input),
        deployment_history: rollout.flatMap((item) =>
          item?.data.outcome === 'completed' ? [{ ...historyItem(item, attempt, id), status: 'rollback' as const, reason: why }] : [],
        ),
      },
      emits: [fix.possible ? { topic: 'staging/development_requested' } : { topic: 'swarm/failed', reason: why }],
      says: `${says} ${fix.says}`,
    };
  },
};

const statusOf: Record<RolloutRecord['outcome'], HistoryItem['status']> = {
  completed: 'success',
  rolled_back: 'rollback',
  inconclusive: 'rollback',
};

const historyItem = (
  { digest, data }: Evidence<'run_rollout' | 'promote_to_production'>,
  attempt: number,
  id: (...parts: (string | number)[]) => string,
): HistoryItem => ({
  id: id(data.environment, attempt),
  environment: data.environment,
  version: data.version,
  digest: data.digest,
  at: data.startedAt,
  durationMs: data.durationMs,
  status: statusOf[data.outcome],
  reason: data.reason,
  attempt,
  evidence: [digest],
});

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
