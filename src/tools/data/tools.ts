import type { AppliedMigration, Migration, MigrationKind, Writes } from '../../catalog/data.js';
import type { EnvironmentName, ToolResult } from '../../catalog/tools.js';
import { wayBack, type DataWay } from '../../rollout/release-plan.js';
import { candidateOf, newest, operationOf } from '../candidate.js';
import type { ToolContext, ToolTable } from '../run-tool.js';

type DataTool = 'copy_data' | 'snapshot_database' | 'migrate_database' | 'restore_database';
type Restored = ToolResult<'restore_database'>['environments'][number];

/** What changes data, in the order in which a release asks for it. The adapter does each once per operation. */
export const dataTools: ToolTable<DataTool> = {
  copy_data: (_, context) => context.ports.deployment.copyData('staging', operationOf(context)),
  snapshot_database: (_, context) => context.ports.deployment.snapshot('staging', candidateOf(context), operationOf(context)),
  migrate_database: (_, context) => context.ports.deployment.migrate('staging', candidateOf(context), operationOf(context)),
  restore_database: async (_, context) => {
    const startedAt = context.ports.clock.now();
    const environments = [];
    for (const environment of ['staging', 'production'] as const) environments.push(await takeBack(environment, context));
    return { environments: environments.filter(({ way }) => way !== 'nothing'), durationMs: context.ports.clock.now() - startedAt };
  },
};

/** How the data of an environment goes back, from what was migrated there and what has been written since. */
export const dataWayOf = async (environment: EnvironmentName, context: ToolContext): Promise<DataWay> =>
  wayOf(await context.ports.deployment.migration(environment, operationOf(context)), environment, context);

/** The migration as it was found when the data was migrated: what a plan is made of. */
export const settledMigration = (
  context: ToolContext,
): { kind: MigrationKind; migrations: readonly Migration[]; hasSnapshot: boolean; objection: string | null } => {
  const migration = newest(context, 'migrate_database')?.data;
  return {
    kind: migration?.kind ?? 'none',
    migrations: migration?.migrations ?? [],
    hasSnapshot: migration?.snapshot?.status === 'taken',
    objection: migration?.status === 'refused' ? migration.output : null,
  };
};

const wayOf = (migration: AppliedMigration | null, environment: EnvironmentName, context: ToolContext): DataWay => {
  if (migration === null) return { way: 'nothing', reason: 'no migration ran' };
  if (migration.undoing !== null) return { way: migration.undoing, reason: takenBack[migration.undoing] }; // begun before a crash: it goes on
  const { kind, state, snapshot, writes } = migration;
  return wayBack({
    kind,
    ran: state === 'applied' ? 'whole' : 'in part',
    tookTraffic: tookTraffic(environment, context),
    hasSnapshot: snapshot !== null,
    writtenRows: writes.rows,
    lostWrites: context.config.data.lostWrites[environment],
  });
};

const takenBack = { down: 'the down command undoes the migration', restore: 'the snapshot from before the migration is restored' };

const takeBack = async (environment: EnvironmentName, context: ToolContext): Promise<Restored> => {
  const { deployment } = context.ports;
  const operation = operationOf(context);
  const migration = await deployment.migration(environment, operation);
  const { way, reason } = wayOf(migration, environment, context);
  const kept: Writes = { rows: 0, tables: [] };
  const answer = (how: Restored['way'], why: string, lost = kept): Restored => ({
    environment,
    way: how,
    kind: migration?.kind ?? 'none',
    lost,
    digests: migration?.snapshot?.files.map(({ digest }) => digest) ?? [],
    reason: why,
  });
  const where = (migration?.snapshot?.files ?? []).map(({ path }) => path).join(', ');
  const beside = where === '' ? reason : `${reason} (${where})`;
  switch (way) {
    case 'nothing':
      return answer('nothing', reason);
    case 'leave':
      return answer('left', migration?.kind === 'undeclared' ? beside : reason);
    case 'hold':
      return answer('held', beside);
    case 'freeze':
      return answer('frozen', beside);
    case 'down': {
      const { ok, output } = await deployment.undoMigration(environment, operation, 'down');
      const last = output.trim().split('\n').at(-1) ?? '';
      return ok ? answer('down', reason) : answer('failed', `the down command failed: ${last}; the snapshot is ${where || 'not there'}`);
    }
    case 'restore': {
      const { lost } = await deployment.undoMigration(environment, operation, 'restore');
      return answer('restored', reason, lost);
    }
  }
};

/** Whether the candidate has had traffic there, by the record of its rollout; a rollout without a record may have given it some. */
const tookTraffic = (environment: EnvironmentName, context: ToolContext): boolean => {
  const rollout = newest(context, environment === 'staging' ? 'run_rollout' : 'promote_to_production')?.data;
  return rollout?.changes.some(({ weight }) => weight > 0) ?? false;
};
