import type { Writes } from '../catalog/data.js';
import type { FieldValue } from '../catalog/fields.js';
import { sayVersions } from '../catalog/measurements.js';
import type { Evidence, RolloutRecord } from '../catalog/tools.js';
import { migrationProblem } from '../tools/data/migration-problem.js';
import { canFix, culpritSearchOf } from './fix-loop.js';
import { latest, required, type SettleInput, type Settles } from './settle.js';

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
    const silent = preview.healthy ? null : `the preview does not answer its health path: ${lastLine(preview.detail)}`;
    const problem = migrationProblem(migration) ?? silent;
    const settled = [
      { whose: 'Its', kind: migration.kind },
      ...(migration.services ?? []).map(({ service, kind }) => ({ whose: `${service}'s`, kind })),
    ]
      .filter(({ kind }) => kind !== undefined && kind !== 'none')
      .map(({ whose, kind }) => `${whose} ${kind} migrations`);
    const data = settled.length === 0 ? '' : ` ${settled.join(' and ')} are applied${snapshotOf(found)}.`;
    return {
      posts: {},
      emits: [problem === null ? { topic: 'staging/testing_requested' } : { topic: 'staging/rollback_required', reason: problem }],
      says:
        problem ??
        `${sayVersions(preview.version, preview.services)} answers in the ${preview.slot} slot after ${Math.round(preview.startupMs)} ms, without traffic.${data}`,
    };
  },

  'deployment-planning-routine': ({ found }) => {
    const { digest, data } = required(found, 'plan_deployment');
    return {
      posts: {
        deployment_plan: {
          ...{ strategy: data.strategy, steps: data.steps, rollback: data.rollback.how, risks: data.risks, evidence: [digest] },
          ...(data.release !== undefined && { release: data.release }),
        },
      },
      emits: [{ topic: 'staging/validation_requested' }],
      says: [
        `${data.strategy}: ${data.steps.join(', ')}.`,
        ...(data.release ?? [])
          .filter(({ reversal }) => reversal !== 'reversible')
          .map(({ what, back }) => `${what}; the way back: ${back}.`),
      ].join(' '),
    };
  },

  'staging-deployment-routine': (input) => {
    const rollout = required(input.found, 'run_rollout');
    const completed = rollout.data.outcome === 'completed';
    return {
      posts: {
        deployment_status: completed ? 'deployment_successful' : rollout.data.outcome === 'frozen' ? 'frozen' : 'deployment_failed',
        deployment_history: [historyItem(rollout, input)],
      },
      emits: [completed ? { topic: 'staging/smoke_testing_needed' } : { topic: 'staging/rollback_required', reason: rollout.data.reason }],
      says: rollout.data.reason,
    };
  },

  'production-promotion-routine': (input) => {
    const promotion = required(input.found, 'promote_to_production');
    const completed = promotion.data.outcome === 'completed';
    const tag = latest(input.found, 'tag_version')?.data.tag ?? '';
    return {
      posts: {
        deployment_status: completed ? 'promoted_to_production' : promotion.data.outcome === 'frozen' ? 'frozen' : 'deployment_failed',
        deployment_history: [historyItem(promotion, input)],
      },
      emits: [
        completed
          ? {
              topic: 'swarm/completed',
              reason: `${sayVersions(promotion.data.version, promotion.data.services)} serves production, tagged ${tag}`,
            }
          : { topic: 'staging/rollback_required', reason: `in production: ${promotion.data.reason}` },
      ],
      says: promotion.data.reason,
    };
  },

  'rollback-routine': (input) => {
    const { found, all, attempt, why, byPerson } = input;
    const rollback = required(found, 'roll_back');
    const rollout = [latest(all, 'run_rollout'), latest(all, 'promote_to_production')].filter((item) => item?.attempt === attempt);
    const restored = required(found, 'restore_database').data.environments;
    const fix = canFix(input);
    const back = rollback.data.environments
      .filter((one) => one.frozen === null)
      .map(({ environment, version, services }) => `${sayVersions(version ?? 'nothing', services)} in ${environment}`);
    const frozen = rollback.data.environments.flatMap((one) => one.frozen ?? []);
    const data = restored.filter(({ way }) => way !== 'frozen').map((one) => `In ${one.environment} ${one.reason}${lostIn(one.lost)}.`);
    const where = back.length > 0 ? `Back on ${back.join(', ')}` : 'Nothing was deployed';
    const flags = rollback.data.environments.flatMap((one) => (one.flags ?? []).map(({ detail }) => `In ${one.environment} ${detail}.`));
    const says = [`${where}: ${why.replace(/\.$/, '')}.`, ...flags, ...data].join(' ');
    const history = rollout.flatMap((item) =>
      item?.data.outcome === 'completed'
        ? [{ ...historyItem(item, input), status: 'rollback' as const, reason: why, by: byPerson ? 'person' : 'watcher' }]
        : [],
    );
    if (frozen.length > 0) {
      const cause = why.replace(/; frozen: .*$/, '').replace(/\.$/, '');
      const reason = `frozen: ${frozen.join('; ')}. It should have gone back, because ${cause}. Release a version that mends it`;
      return {
        posts: { deployment_status: 'frozen', deployment_history: history.map((item) => ({ ...item, status: 'failed' as const, reason })) },
        emits: [{ topic: 'swarm/failed', reason }],
        says: [`${reason}.`, ...(back.length > 0 ? [`${where}.`] : []), ...data].join(' '),
      };
    }
    const broken = restored.find(({ way }) => way === 'failed');
    return {
      posts: { deployment_status: 'rolled_back', ...culpritSearchOf(input), deployment_history: history },
      emits: [
        fix.possible && broken === undefined
          ? { topic: 'staging/development_requested' }
          : { topic: 'swarm/failed', reason: broken === undefined ? why : `${why}; and in ${broken.environment} ${broken.reason}` },
      ],
      says: `${says} ${fix.says}`,
    };
  },
};

const snapshotOf = (found: readonly Evidence[]): string =>
  latest(found, 'snapshot_database')?.data.status === 'taken' ? ', after a snapshot' : '';

const lostIn = ({ tables }: Writes): string =>
  tables.length === 0
    ? ''
    : ` (${tables.map(({ table, added, removed }) => `${table}: ${added} new or changed, ${removed} gone or changed`).join('; ')})`;

const statusOf: Record<RolloutRecord['outcome'], HistoryItem['status']> = {
  completed: 'success',
  rolled_back: 'rollback',
  inconclusive: 'rollback',
  refused: 'refused',
  frozen: 'failed',
};

const historyItem = ({ digest, data }: Evidence<'run_rollout' | 'promote_to_production'>, input: SettleInput): HistoryItem => ({
  id: input.id(data.environment, input.attempt),
  environment: data.environment,
  version: data.version,
  digest: data.digest,
  ...(data.configuration !== undefined && { configuration: data.configuration }),
  ...(data.services && { services: data.services.map(({ service, version, digest: of }) => ({ service, version, digest: of })) }),
  at: data.startedAt,
  durationMs: data.durationMs,
  status: statusOf[data.outcome],
  reason: data.reason,
  attempt: input.attempt,
  by: data.trigger?.by ?? (data.environment === 'production' ? approverIn(input) : null) ?? 'environment_manager',
  restoreMs: data.restoreMs,
  committedAt: (latest(input.all, 'read_changes')?.data.commits ?? []).flatMap((commit) => commit.committedAt ?? []),
  evidence: [digest],
});

const approverIn = ({ approvals, request }: SettleInput): string | null =>
  approvals.findLast((approval) => approval.decision === 'approved')?.by ?? request.preApprovedBy;

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
