import { StagingError } from '../../../catalog/errors.js';
import type { EnvironmentName, ToolResult } from '../../../catalog/tools.js';
import type { Artifact } from '../../ports.js';
import type { LocalDeployment } from './open-local-deployment.js';

type Member = { service: string; deployment: LocalDeployment };
type Migrated = ToolResult<'migrate_database'>;

/**
 * The data of several services: each keeps its own, and one operation is all of theirs. None is migrated while one of them must not be;
 * where one fails, those after it are left alone, and those before it have their way back.
 */
export const joinData = ({
  first,
  members,
  digestsBeside,
}: {
  first: string;
  /** In order: each after those that it depends on. */
  members: readonly Member[];
  /** What goes with the first's artifact of that digest, by service. */
  digestsBeside: (environment: EnvironmentName, digest: string) => Promise<ReadonlyMap<string, string>>;
}): Pick<LocalDeployment, 'snapshot' | 'migrate' | 'migrationObstacle' | 'migration' | 'undoMigration' | 'dataHold'> => {
  const partsOf = (artifact: Artifact) =>
    members.flatMap(({ service, deployment }) => {
      const part = service === first ? artifact : artifact.services?.find((one) => one.service === service);
      return part === undefined ? [] : [{ service, deployment, part }];
    });
  const memberOf = (service: string): LocalDeployment => {
    const found = members.find((one) => one.service === service);
    if (found === undefined) throw new StagingError('DEFECT', `Failed to reach the data of ${service}: nobody has said what it is.`);
    return found.deployment;
  };
  const named = (service: string, output: string): string => (service === first || output === '' ? output : `${service}: ${output}`);

  const migrationObstacle: LocalDeployment['migrationObstacle'] = async (environment, artifact, operation) => {
    for (const { service, deployment, part } of partsOf(artifact)) {
      const found = await deployment.migrationObstacle(environment, part, operation);
      if (found !== null) return joined([{ service, ...found, output: named(service, found.output) }], first);
    }
    return null;
  };

  return {
    snapshot: async (environment, artifact, operation) => {
      const taken = [];
      for (const { service, deployment, part } of partsOf(artifact))
        taken.push({ service, ...(await deployment.snapshot(environment, part, operation)) });
      const files = taken.flatMap(({ service, files: own }) => own.map((file) => ({ ...file, of: named(service, file.of) })));
      return {
        environment,
        status: files.length > 0 ? 'taken' : 'none',
        reason: files.length > 0 ? '' : taken.map(({ service, reason }) => named(service, reason)).join('; '),
        files,
        durationMs: taken.reduce((sum, { durationMs }) => sum + durationMs, 0),
      };
    },
    migrate: async (environment, artifact, operation = artifact.digest) => {
      const obstacle = await migrationObstacle(environment, artifact, operation);
      if (obstacle !== null) return obstacle;
      const done: (Migrated & { service: string })[] = [];
      for (const { service, deployment, part } of partsOf(artifact)) {
        const result = await deployment.migrate(environment, part, operation);
        done.push({ service, ...result, output: named(service, result.output) });
        if (result.status === 'failed') break;
      }
      return joined(done, first);
    },
    migrationObstacle,
    migration: (environment, operation, service = first) => memberOf(service).migration(environment, operation),
    undoMigration: (environment, operation, way, service = first) => memberOf(service).undoMigration(environment, operation, way),
    dataHold: async (environment, digest) => {
      const own = await memberOf(first).dataHold(environment, digest);
      if (own !== null) return own;
      for (const [service, other] of await digestsBeside(environment, digest)) {
        const held = await memberOf(service).dataHold(environment, other);
        if (held !== null) return named(service, held);
      }
      return null;
    },
  };
};

const statuses = ['refused', 'failed', 'applied', 'none'] as const;

/** What the first did, beside what the others did; it went as badly as the worst of them. */
const joined = (done: readonly (Migrated & { service: string })[], first: string): Migrated => {
  const worst = statuses.find((status) => done.some((one) => one.status === status)) ?? 'none';
  const { kind, migrations, snapshot } = done.find(({ service }) => service === first) ?? {};
  const beside = done.filter((one) => one.service !== first && one.kind !== undefined);
  const told = worst === 'failed' || worst === 'refused' ? done.filter(({ status }) => status === worst) : done;
  return {
    status: worst,
    output: told.flatMap(({ output }) => (output === '' ? [] : [output])).join('\n'),
    durationMs: done.reduce((sum, { durationMs }) => sum + durationMs, 0),
    ...(kind !== undefined && { kind, migrations, snapshot }),
    ...(beside.length > 0 && {
      services: beside.map((one) => ({ service: one.service, kind: one.kind, migrations: one.migrations, snapshot: one.snapshot })),
    }),
  };
};
