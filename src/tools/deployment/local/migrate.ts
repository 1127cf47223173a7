import type { Migration, MigrationKind } from '../../../catalog/data.js';
import { StagingError } from '../../../catalog/errors.js';
import { kindOf, objectionTo, pendingMigrations } from '../../../rollout/release-plan.js';
import type { StagingConfig } from '../../../catalog/config.js';
import { readManifest } from '../../data/read-manifest.js';
import type { DataStore } from '../../data/data-store.js';
import { canSnapshot } from '../../data/stores-of.js';
import type { Artifact } from '../../ports.js';
import { runCommand } from '../../processes.js';

type MigrateConfig = NonNullable<StagingConfig['service']['migrate']>;
type Where = { dataDir: string; env: Record<string, string>; signal: AbortSignal };

/** What the artifact would migrate, and why it must not; told from what the two versions declare, before anything runs. */
export const assessMigration = async (
  migrate: MigrateConfig,
  artifact: Artifact,
  before: Artifact | null,
  { data, rollout }: StagingConfig,
): Promise<{ kind: MigrationKind; migrations: Migration[]; problem: string | null; objection: string | null }> => {
  const [candidate, stable] = [
    await readManifest(artifact.path, migrate.manifest),
    before === null ? { migrations: null } : await readManifest(before.path, migrate.manifest),
  ];
  if ('problem' in candidate) return { kind: 'undeclared', migrations: [], problem: candidate.problem, objection: null };
  const pending = pendingMigrations(candidate.migrations, 'problem' in stable ? null : stable.migrations);
  const kind = kindOf(pending);
  const objection = objectionTo(kind, pending ?? [], {
    strategy: rollout.strategy,
    hasDown: migrate.down !== undefined,
    hasSnapshot: canSnapshot(data),
    forwardOnly: data.forwardOnly,
  });
  return { kind, migrations: pending ?? [], problem: null, objection };
};

/** Runs the artifact's migration command on the environment's data. Throws COMMAND_MISSING. */
export const runMigration = async (
  { command, timeoutMs }: MigrateConfig,
  artifact: Artifact,
  { env, signal }: Where,
): Promise<{ ok: boolean; output: string; durationMs: number }> => {
  const { exitCode, timedOut, output, durationMs } = await runCommand({ command, cwd: artifact.path, env, timeoutMs, signal });
  if (signal.aborted)
    throw new StagingError('ADAPTER_FAILED', `Failed to migrate to ${artifact.version}: the environment was closed meanwhile.`);
  const late = timedOut ? `\nended after ${timeoutMs} ms` : '';
  return { ok: exitCode === 0 && !timedOut, output: `${output}${late}`, durationMs };
};

/** Undoes migrations by the down command of the artifact that brought them, newest first. */
export const runDown = (
  migrate: MigrateConfig,
  artifact: Artifact,
  migrations: readonly Migration[],
  where: Where,
): Promise<{ ok: boolean; output: string; durationMs: number }> => {
  const ids = migrations
    .filter(({ kind }) => kind === 'reversible')
    .map(({ id }) => id)
    .reverse()
    .join(',');
  const command = (migrate.down ?? []).map((part) => part.replaceAll('{migrations}', ids));
  return runMigration({ ...migrate, command }, artifact, where);
};

/** The schemas of the stores whose rows are known: a migration that nobody declared shows in them. */
export const schemasOf = async (stores: readonly DataStore[]): Promise<string> => {
  const schemas: (string | null)[] = [];
  for (const { rows } of stores) schemas.push(rows === null ? null : await rows.schema());
  return JSON.stringify(schemas);
};
