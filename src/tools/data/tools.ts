import type { StagingConfig } from '../../catalog/config.js';
import type { AppliedMigration, Migration, MigrationKind, Writes } from '../../catalog/data.js';
import { configOf, servicesInOrder } from '../../catalog/services.js';
import type { EnvironmentName, ToolResult } from '../../catalog/tools.js';
import { wayBack, type DataWay } from '../../rollout/release-plan.js';
import { candidateOf, newest, operationOf } from '../candidate.js';
import { carryOut, planFor } from '../deployment/plan.js';
import type { Artifact, Ports } from '../ports.js';
import type { ToolContext, ToolTable } from '../run-tool.js';

type DataTool = 'copy_data' | 'snapshot_database' | 'migrate_database' | 'restore_database';
type Restored = ToolResult<'restore_database'>['environments'][number];

/** What changes data, in the order in which a release asks for it. The adapter does each once per operation. */
export const dataTools: ToolTable<DataTool> = {
  copy_data: (_, context) => inStaging('fill staging', context, ({ deployment }) => deployment.copyData('staging', operationOf(context))),
  snapshot_database: (_, context) =>
    inStaging('copy the data of staging aside', context, ({ deployment }, artifact) =>
      deployment.snapshot('staging', artifact, operationOf(context)),
    ),
  migrate_database: (_, context) =>
    inStaging('migrate staging', context, ({ deployment }, artifact) => deployment.migrate('staging', artifact, operationOf(context))),
  restore_database: async (_, context) => {
    const startedAt = context.ports.clock.now();
    const environments = [];
    for (const environment of ['staging', 'production'] as const) {
      const ways = await waysIn(environment, context);
      for (const one of ways) environments.push(await takeBack(environment, together(one, ways), context));
    }
    return { environments: environments.filter(({ way }) => way !== 'nothing'), durationMs: context.ports.clock.now() - startedAt };
  },
};

/** Why the traffic of an environment stays, or null: data of one of the services can't be left by the version that has changed it. */
export const frozenBy = async (environment: EnvironmentName, context: ToolContext): Promise<string | null> => {
  const frozen = (await waysIn(environment, context)).find(({ way }) => way === 'freeze');
  return frozen === undefined ? null : named(frozen);
};

const inStaging = async <T>(
  what: string,
  context: ToolContext,
  act: (doors: Pick<Ports, 'deployment'>, artifact: Artifact) => Promise<T>,
): Promise<T> => {
  const artifact = candidateOf(context);
  return carryOut(await planFor('staging', artifact, context), what, context, (doors) => act(doors, artifact));
};

/** The migration of a service as it was found when the data was migrated: what a plan is made of. */
export const settledMigration = (
  context: ToolContext,
  service?: string,
): { kind: MigrationKind; migrations: readonly Migration[]; hasSnapshot: boolean; objection: string | null } => {
  const migration = newest(context, 'migrate_database')?.data;
  const own = service === undefined ? migration : migration?.services?.find((one) => one.service === service);
  return {
    kind: own?.kind ?? 'none',
    migrations: own?.migrations ?? [],
    hasSnapshot: own?.snapshot?.status === 'taken',
    objection: service === undefined && migration?.status === 'refused' ? migration.output : null,
  };
};

type ServiceWay = DataWay & { service: string | undefined; migration: AppliedMigration | null };

/** How the data of an environment goes back, service by service, from what was migrated there and what has been written since; last first. */
const waysIn = async (environment: EnvironmentName, context: ToolContext): Promise<ServiceWay[]> => {
  const { config, ports, request } = context;
  const moving = (request.services ?? []).map(({ service }) => service);
  const inOrder = servicesInOrder(config).filter((name) => name === config.service.name || moving.includes(name));
  const ways = [];
  for (const name of inOrder.reverse()) {
    const service = name === config.service.name ? undefined : name;
    const migration = await ports.deployment.migration(environment, operationOf(context), ...(service === undefined ? [] : [service]));
    ways.push({ service, migration, ...wayOf(migration, environment, context, configOf(config, name)) });
  }
  return ways;
};

const named = ({ service, reason }: Pick<ServiceWay, 'service' | 'reason'>): string =>
  service === undefined ? reason : `${service}: ${reason}`;

/** What goes together stays together: where the traffic of one can't go back, the data of the others stays with theirs. */
const together = (one: ServiceWay, all: readonly ServiceWay[]): ServiceWay => {
  const frozen = all.find(({ way }) => way === 'freeze');
  if (frozen === undefined || one.way === 'freeze' || one.way === 'nothing') return one;
  return { ...one, way: 'freeze', reason: `the data stays as it is, with the traffic (${named(frozen)})` };
};

const wayOf = (
  migration: AppliedMigration | null,
  environment: EnvironmentName,
  context: ToolContext,
  { data }: StagingConfig,
): DataWay => {
  if (migration === null) return { way: 'nothing', reason: 'no migration ran' };
  if (migration.undoing !== null) return { way: migration.undoing, reason: takenBack[migration.undoing] }; // begun before a crash: it goes on
  const { kind, state, snapshot, writes } = migration;
  return wayBack({
    kind,
    ran: state === 'applied' ? 'whole' : 'in part',
    tookTraffic: tookTraffic(environment, context),
    hasSnapshot: snapshot !== null,
    writtenRows: writes.rows,
    lostWrites: data.lostWrites[environment],
  });
};

const takenBack = { down: 'the down command undoes the migration', restore: 'the snapshot from before the migration is restored' };

const takeBack = async (environment: EnvironmentName, one: ServiceWay, context: ToolContext): Promise<Restored> => {
  const { way, service, migration } = one;
  const reason = named(one);
  const undo = async (how: 'down' | 'restore') =>
    carryOut(await planFor(environment, candidateOf(context), context), `take back the data of ${environment}`, context, ({ deployment }) =>
      deployment.undoMigration(environment, operationOf(context), how, ...(service === undefined ? [] : [service])),
    );
  const kept: Writes = { rows: 0, tables: [] };
  const answer = (how: Restored['way'], why: string, lost = kept): Restored => ({
    environment,
    ...(service !== undefined && { service }),
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
      const { ok, output } = await undo('down');
      const last = output.trim().split('\n').at(-1) ?? '';
      return ok ? answer('down', reason) : answer('failed', `the down command failed: ${last}; the snapshot is ${where || 'not there'}`);
    }
    case 'restore': {
      const { lost } = await undo('restore');
      return answer('restored', reason, lost);
    }
  }
};

/** Whether the candidate has had traffic there, by the record of its rollout; a rollout without a record may have given it some. */
const tookTraffic = (environment: EnvironmentName, context: ToolContext): boolean => {
  const rollout = newest(context, environment === 'staging' ? 'run_rollout' : 'promote_to_production')?.data;
  return rollout?.changes.some(({ weight }) => weight > 0) ?? false;
};
