import type { DataConfig, Migration, MigrationKind } from '../catalog/data.js';
import type { ConfigurationChange, FlagStep, PlanStep } from '../catalog/measurements.js';
import { flagInWords } from './flag-steps.js';

/** What the version brings that the version before does not know; null where a version says nothing about its migrations. */
export const pendingMigrations = (candidate: readonly Migration[] | null, before: readonly Migration[] | null): Migration[] | null =>
  candidate === null ? null : candidate.filter(({ id }) => !(before ?? []).some((known) => known.id === id));

const weight: Record<MigrationKind, number> = { none: 0, compatible: 1, reversible: 2, undeclared: 3, snapshot: 4, 'forward-only': 5 };

/** Several migrations go back as the heaviest of them does: a snapshot brings back what a down command would have undone, too. */
export const kindOf = (pending: readonly Migration[] | null): MigrationKind =>
  pending === null
    ? 'undeclared'
    : pending.reduce<MigrationKind>((heaviest, { kind }) => (weight[kind] > weight[heaviest] ? kind : heaviest), 'none');

/** Whether data is copied aside before such a migration runs. */
export const wantsSnapshot = (kind: MigrationKind): boolean => weight[kind] >= weight.reversible;

type Means = { strategy: 'blue-green' | 'canary'; hasDown: boolean; hasSnapshot: boolean; forwardOnly: DataConfig['forwardOnly'] };

/** Why such a migration must not start at all, or null: each has a way back, or somebody has accepted that it has none. */
export const objectionTo = (kind: MigrationKind, migrations: readonly Migration[], means: Means): string | null => {
  const named = migrations
    .filter((one) => one.kind === kind)
    .map(({ id }) => id)
    .join(', ');
  switch (kind) {
    case 'none':
    case 'compatible':
    case 'undeclared':
      return null;
    case 'reversible':
      return means.hasDown ? null : `${named} is declared reversible, and service.migrate.down is not set`;
    case 'snapshot':
      return means.hasSnapshot
        ? null
        : `${named} goes back only by a snapshot, and nothing says how to take one: set data.sqlite, data.postgres, or data.snapshot and data.restore`;
    case 'forward-only':
      if (means.forwardOnly === 'refuse')
        return `${named} can only be fixed forward, so there would be no way back; split it into steps that the old version can live with, or set data.forwardOnly to "accept"`;
      return means.strategy === 'blue-green'
        ? null
        : `${named} can only be fixed forward, and a canary would let the old version serve on data that it can't live with: set rollout.strategy to "blue-green"`;
  }
};

export type ServiceInPlan = {
  service: string;
  version: string;
  previousVersion: string;
  kind: MigrationKind;
  migrations: readonly Migration[];
  hasSnapshot: boolean;
  strategy: string;
  /** What it starts with, beside the version before; null where nobody keeps that. */
  configuration?: ConfigurationChange | null;
  /** Flags that change with it. */
  flags?: readonly FlagStep[];
};

/** The release as steps in order, one service after the other, each with how it goes back. They go back together, or not at all. */
export const planRelease = (services: readonly ServiceInPlan[]): PlanStep[] => {
  const holding = services.find(({ kind }) => kind === 'forward-only');
  return services.flatMap((one) => [...stepsBefore(one), trafficOf(one, holding)]);
};

const stepsBefore = ({
  service,
  version,
  previousVersion,
  kind,
  migrations,
  hasSnapshot,
  configuration,
  flags = [],
}: ServiceInPlan): PlanStep[] => [
  ...(hasSnapshot && wantsSnapshot(kind)
    ? [{ service, step: 'snapshot', what: 'copy the data aside', reversal: 'reversible', back: 'nothing to undo; it is kept' } as const]
    : []),
  ...(kind === 'undeclared'
    ? [{ service, step: 'migration', what: 'whatever the version migrates: it declares nothing', ...undeclared(hasSnapshot) } as const]
    : migrations.map((one): PlanStep => ({ service, step: 'migration', what: describe(one), ...backOf(one.kind, hasSnapshot) }))),
  {
    service,
    step: 'configuration',
    ...(configuration ? configured(version, previousVersion, configuration) : unversioned(version, previousVersion)),
    reversal: 'reversible',
  },
  ...flags.map(({ environment, name, on, percentage, before }): PlanStep => ({
    ...{ service, step: 'flag', what: `${name} is ${flagInWords({ on, percentage })} in ${environment}`, reversal: 'reversible' },
    back: `${flagInWords(before)}, as before, unless somebody has changed it since`,
  })),
  {
    service,
    step: 'deployment',
    what: `${version} in the idle slot`,
    reversal: 'reversible',
    back: `its slot is stopped; ${previousVersion} never was`,
  },
];

const unversioned = (version: string, previousVersion: string): Pick<PlanStep, 'what' | 'back'> => ({
  what: `${version} starts with the environment variables that are configured now`,
  back: `the process of ${previousVersion} runs on with those that it was started with`,
});

const configured = (
  version: string,
  previousVersion: string,
  { digest, previousDigest, added, changed, removed }: ConfigurationChange,
): Pick<PlanStep, 'what' | 'back'> => {
  const differs = [['new', added] as const, ['changed', changed] as const, ['gone', removed] as const]
    .filter(([, names]) => names.length > 0)
    .map(([word, names]) => `${word}: ${names.join(', ')}`);
  const beside =
    digest === previousDigest ? 'the same as before' : previousDigest === null ? 'nobody knows the one before' : differs.join('; ');
  const kept = previousDigest === null ? 'what it was started with' : `configuration ${short(previousDigest)}`;
  return {
    what: `${version} starts with configuration ${short(digest)} (${beside})`,
    back: `${previousVersion} keeps ${kept}${previousDigest === null ? '' : ', also when it is started again'}`,
  };
};

const short = (digest: string): string => digest.replace(/^sha256:/, '').slice(0, 8);

/** `holding` is the one whose migrated data its old version can't live with: whatever goes with it stays with it. */
const trafficOf = ({ service, version, previousVersion, strategy }: ServiceInPlan, holding: ServiceInPlan | undefined): PlanStep => {
  const step = { service, step: 'traffic', what: `${strategy} to ${version}` } as const;
  if (holding === undefined) return { ...step, reversal: 'reversible', back: `all of it to ${previousVersion}` };
  const whose = holding.service === service ? previousVersion : `${holding.service} ${holding.previousVersion}`;
  const back = `none: ${whose} can't live with the migrated data, so a breach freezes the release with the traffic on ${version}`;
  return { ...step, reversal: 'forward-only', back };
};

const describe = ({ id, why }: Migration): string => (why === '' ? id : `${id}: ${why.replace(/\.$/, '')}`);

/** Without a snapshot there was no data yet that one could be taken of: what can't be taken at all is refused before. */
const backOf = (kind: Migration['kind'], hasSnapshot: boolean): Pick<PlanStep, 'reversal' | 'back'> => ({
  ...backs[kind],
  ...(!hasSnapshot && goesBackBySnapshot.includes(kind) && { back: `it stays: ${noData}` }),
});

const goesBackBySnapshot: readonly Migration['kind'][] = ['snapshot', 'forward-only'];
const noData = 'there was no data yet to take a snapshot of';

const backs: Record<Migration['kind'], Pick<PlanStep, 'reversal' | 'back'>> = {
  compatible: { reversal: 'reversible', back: 'it stays: the old version lives with it' },
  reversible: { reversal: 'reversible', back: 'the down command undoes it, after the traffic is back' },
  snapshot: { reversal: 'snapshot', back: 'the snapshot is restored after the traffic is back; what was written since is lost' },
  'forward-only': {
    reversal: 'forward-only',
    back: 'the snapshot, as long as the version has had no traffic; after that it is fixed forward',
  },
};

/** What nobody declared may be anything: the data stays, and the snapshot is there for a person to restore. */
const undeclared = (hasSnapshot: boolean): Pick<PlanStep, 'reversal' | 'back'> => ({
  reversal: 'snapshot',
  back: `it stays, for nobody says whether the old version lives with it; ${hasSnapshot ? 'a snapshot is kept for a person to restore' : 'there is no snapshot either'}`,
});

export type Risk = { risk: string; blocking: boolean };

/** What a migration means for whoever approves the release. */
export const migrationRisks = ({ kind, migrations, hasSnapshot }: ServiceInPlan, objection: string | null): Risk[] => {
  if (objection !== null) return [{ risk: objection, blocking: true }];
  const named = migrations.map(({ id }) => id).join(', ');
  const risk: Record<MigrationKind, string | null> = {
    none: null,
    compatible: `the stable version must work with the new schema: ${named} stays when the release goes back`,
    reversible: `going back undoes ${named} by the down command`,
    snapshot: hasSnapshot
      ? `going back restores the snapshot that was taken before ${named}: what is written since then is lost`
      : `going back leaves ${named} as it is: ${noData}`,
    'forward-only': `there is no way back once the version has traffic: the old one can't live with ${named}, so a breach freezes the release`,
    undeclared: `the version does not say what its migrations are: the stable version must work with the new schema${hasSnapshot ? '; a snapshot is taken' : ', and no snapshot is taken, for data is not configured'}`,
  };
  return risk[kind] === null ? [] : [{ risk: risk[kind], blocking: false }];
};

/** What is known when a release has to go back in one environment. */
export type Facts = {
  kind: MigrationKind;
  /** How far the migration ran; `in part` when it failed or was cut off, so that nobody knows what it has done. */
  ran: 'no' | 'in part' | 'whole';
  tookTraffic: boolean;
  hasSnapshot: boolean;
  /** Rows written since the migration; null where nobody can count. */
  writtenRows: number | null;
  lostWrites: 'accept' | 'hold';
};

/** What happens to the data, and with `freeze` also to the traffic: it stays where the data can be read. */
export type DataWay = { way: 'nothing' | 'leave' | 'down' | 'restore' | 'hold' | 'freeze'; reason: string };

/**
 * The way back of the data, backwards through the plan, stopping where going on would lose it. It is asked before the traffic moves:
 * traffic that would land on data which the old version can't live with is not sent back at all.
 */
export const wayBack = ({ kind, ran, tookTraffic, hasSnapshot, writtenRows, lostWrites }: Facts): DataWay => {
  if (ran === 'no' || kind === 'none') return { way: 'nothing', reason: 'no migration ran' };
  if (ran === 'in part' && writtenRows === 0) return { way: 'nothing', reason: 'the migration that failed left the data as it was' };
  const losing = writtenRows === null ? 'an unknown number of rows written since' : rowsSince(writtenRows);
  const bySnapshot = (otherwise: 'hold' | 'freeze'): DataWay => {
    if (!hasSnapshot) return { way: otherwise, reason: 'the migration goes back only by a snapshot, and there is none' };
    return writtenRows === 0 || lostWrites === 'accept'
      ? { way: 'restore', reason: `the snapshot from before the migration is restored, losing ${losing}` }
      : { way: otherwise, reason: `restoring the snapshot would lose ${losing}, which data.lostWrites does not allow` };
  };
  switch (kind) {
    case 'compatible':
      return { way: 'leave', reason: 'the old version lives with the migration, so it stays' };
    case 'undeclared':
      return {
        way: 'leave',
        reason: `the version does not say what its migration is, so the data stays as it is${hasSnapshot ? ', with a snapshot from before beside it' : ''}`,
      };
    case 'reversible':
      // How far a migration came that broke off, a down command can't know: then the snapshot is the way back.
      return ran === 'whole' ? { way: 'down', reason: 'the down command undoes the migration' } : bySnapshot('hold');
    case 'snapshot':
      return bySnapshot('hold');
    case 'forward-only':
      if (tookTraffic)
        return {
          way: 'freeze',
          reason: "the old version can't live with the migrated data, and the new one has served on it: fix it forward with a new version",
        };
      return bySnapshot('freeze');
  }
};

const rowsSince = (rows: number): string =>
  rows === 0 ? 'nothing: no row was written since' : `${rows} ${rows === 1 ? 'row' : 'rows'} written since`;
