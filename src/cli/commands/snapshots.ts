import { StagingError } from '../../catalog/errors.js';
import { configOf, servicesInOrder } from '../../catalog/services.js';
import type { EnvironmentName } from '../../catalog/tools.js';
import { takeLock } from '../../desk/lock.js';
import { environmentOf as serviceEnvironment } from '../../desk/shared/environment-of.js';
import { holdEnvironment } from '../../desk/shared/hold-environment.js';
import { openWorkspace, type Workspace } from '../../desk/workspace.js';
import { pruneSnapshots } from '../../rollout/prune-snapshots.js';
import { openSnapshots, type KeptSnapshot } from '../../tools/deployment/local/snapshots.js';
import { folderOf } from '../../tools/open-local-ports.js';
import { systemClock } from '../../tools/system-clock.js';
import { clockTime, openOutput } from '../output.js';
import type { LookOptions } from './look.js';

type Snapshots = ReturnType<typeof openSnapshots>;
/** Of every service, by its name. */
type All = ReadonlyMap<string, Snapshots>;
type ListOptions = LookOptions & { environment?: string; service?: string };
type WhoOptions = ListOptions & { as?: string; why?: string };
type PruneOptions = WhoOptions & { olderThan?: string; keep?: string };
type Listed = KeptSnapshot & { service: string; neededBy: string | null };

/** `snapshots list`: every snapshot, newest first, with what it is the way back from. */
export const listSnapshots = (options: ListOptions): Promise<number> =>
  withSnapshots(options, 'look', async (all, workspace) => {
    const listed = await listedOf(all, workspace, options);
    return { json: { snapshots: listed }, text: listed.map(lineOf).join('\n') || 'There is no snapshot.' };
  });

/** `snapshots take`: one of now, which no migration asked for. */
export const takeSnapshotNow = (options: WhoOptions): Promise<number> =>
  withSnapshots(options, 'act', async (all, workspace) => {
    const environment = environmentOf(options) ?? 'staging';
    const service = serviceOf(options, all) ?? workspace.config.service.name;
    const taken = await of(all, service).take(environment, `by-hand-${systemClock.now()}`, whoOf(options));
    if (taken === null) return { json: { taken: null }, text: `There is no data of ${service} in ${environment} yet.` };
    await note(workspace, environment, `snapshot ${taken.id} taken`, options);
    return { json: { taken }, text: `${taken.id} is taken: ${sizeInWords(taken.bytes)}.` };
  });

/** `snapshots restore ID`: the data as it was then; what is there now is snapshotted first. */
export const restoreSnapshotNow = (id: string, options: WhoOptions): Promise<number> =>
  withSnapshots(options, 'act', async (all, workspace) => {
    const { environment, ...restored } = await of(all, serviceOf(options, all) ?? serviceIn(id, workspace)).restore(id, whoOf(options));
    await note(workspace, environment, `snapshot ${restored.id} restored`, options);
    const { rows } = restored.lost;
    const lost = rows === null ? 'an unknown number of rows' : `${rows} ${rows === 1 ? 'row' : 'rows'}`;
    const undo = restored.before === null ? '' : `\nIt is undone with: langgraph-staging snapshots restore ${restored.before.id}`;
    return { json: restored, text: `${restored.id} is restored; ${lost} written since then went with it.${undo}` };
  });

/** `snapshots prune --older-than 30d --keep 3`: never one that a way back needs. */
export const pruneSnapshotsNow = (options: PruneOptions): Promise<number> =>
  withSnapshots(options, 'act', async (all, workspace) => {
    const rule = { olderThanMs: durationIn(options.olderThan), keep: countIn(options.keep) };
    if (rule.olderThanMs === null && rule.keep === null)
      throw invalid('Failed to prune: nothing says which may go.', 'Say --older-than 30d, --keep 3, or both.');
    const listed = await listedOf(all, workspace, options);
    const { name: first } = workspace.config.service;
    const placed = listed.map((one) => (one.service === first ? one : { ...one, environment: `${one.service}/${one.environment}` }));
    const { remove, stay } = pruneSnapshots(placed, rule, systemClock.now());
    let freedBytes = 0;
    for (const { id, service, environment } of listed) {
      if (!remove.includes(id)) continue;
      freedBytes += await of(all, service).remove([id], whoOf(options));
      await note(workspace, environment, `snapshot ${id} removed`, options);
    }
    const lines = [...remove.map((one) => `removed  ${one}`), ...stay.map((one) => `kept     ${one.id}: ${one.why}`)];
    return {
      json: { removed: remove, kept: stay, freedBytes },
      text: [...lines, `${remove.length} removed, ${stay.length} kept, ${sizeInWords(freedBytes)} freed.`].join('\n'),
    };
  });

const listedOf = async (all: All, { store }: Workspace, options: ListOptions): Promise<Listed[]> => {
  const [only, onlyOf] = [environmentOf(options), serviceOf(options, all)];
  const releases = await store.releases();
  const neededBy = ({ operation, version, state, serving }: KeptSnapshot): string | null => {
    const release = releases.find(({ id }) => operation.startsWith(`${id}-`));
    if (state === null || state === 'undone') return null;
    if (release !== undefined && release.state !== 'ended') return `release ${release.id} has not ended, and would go back by it`;
    if (state === 'applying' || state === 'undoing') return `what was done to the data is not over: resume ${release?.id ?? operation}`;
    return serving ? `${version} serves there, and this is its way back` : null;
  };
  const listed: Listed[] = [];
  for (const [service, snapshots] of all)
    if (onlyOf === null || service === onlyOf)
      listed.push(...(await snapshots.list()).map((one) => ({ ...one, service, neededBy: neededBy(one) })));
  return listed.filter(({ environment }) => only === null || environment === only).sort((one, other) => other.takenAt - one.takenAt);
};

const of = (all: All, service: string): Snapshots => {
  const found = all.get(service);
  if (found !== undefined) return found;
  throw invalid(`Failed to find service ${JSON.stringify(service)}: there is ${[...all.keys()].join(', ')}.`, 'Name one of them.');
};

/** The id of a companion's snapshot begins with its name. */
const serviceIn = (id: string, { config }: Workspace): string => {
  const parts = id.split('/');
  return parts.length === 3 ? (parts[0] ?? '') : config.service.name;
};

const lineOf = ({ id, takenAt, bytes, why, by, neededBy, problem }: Listed): string =>
  `${id.padEnd(40)} ${clockTime(takenAt)} ${sizeInWords(bytes).padStart(10)}  ${why}${by === null ? '' : `, by ${by}`}${neededBy === null ? '' : `; needed: ${neededBy}`}${problem === null ? '' : `; can't be restored: ${problem}`}`;

const withSnapshots = async (
  options: WhoOptions,
  way: 'look' | 'act',
  work: (all: All, workspace: Workspace) => Promise<{ json: unknown; text: string }>,
): Promise<number> => {
  const workspace = await openWorkspace(options);
  const { shared, config } = workspace;
  let release: (() => void) | null = null;
  let letGo: (() => Promise<void>) | null = null;
  try {
    if (way === 'act') {
      release = takeLock(workspace.stateDir); // nobody migrates or goes back meanwhile
      if (shared !== null) letGo = await holdEnvironment(shared, serviceEnvironment(config), whoOf(options).by);
    }
    const { json, text } = await work(snapshotsOf(workspace), workspace);
    openOutput({ json: options.json ?? false, simulated: false }).result(options.json ? JSON.stringify(json, null, 2) : text);
    return 0;
  } finally {
    await letGo?.();
    release?.();
    await workspace.close();
  }
};

const snapshotsOf = (workspace: Workspace): All => {
  const { config } = workspace;
  const opened = servicesInOrder(config).map((name) => {
    const own = { config: configOf(config, name), stateDir: folderOf(workspace, name), signal: new AbortController().signal };
    return [
      name,
      openSnapshots({ ...workspace, ...own, clock: systemClock, companion: name === config.service.name ? undefined : name }),
    ] as const;
  });
  return new Map(opened);
};

/** What a person does to data stands in the journal, beside the releases. */
const note = ({ store }: Workspace, environment: EnvironmentName, name: string, options: WhoOptions): Promise<void> => {
  const at = systemClock.now();
  const entry = {
    key: `${at}:${name}`,
    at,
    agent: options.as ?? '',
    routine: '',
    kind: 'note',
    name,
    value: { environment, ...whoOf(options) },
  } as const;
  return store.append(`snapshots:${environment}`, [entry]);
};

const whoOf = ({ as, why }: WhoOptions): { by: string; why: string } => ({ by: as ?? 'nobody', why: why ?? 'no reason given' }); // the command line insists on --as

const environmentOf = ({ environment }: ListOptions): EnvironmentName | null => {
  if (environment === undefined || environment === 'staging' || environment === 'production') return environment ?? null;
  throw invalid(`Failed to find environment ${JSON.stringify(environment)}: there are staging and production.`, 'Name one of them.');
};

const serviceOf = ({ service }: ListOptions, all: All): string | null => {
  if (service !== undefined) of(all, service);
  return service ?? null;
};

const units = { m: 60_000, h: 3_600_000, d: 86_400_000 };

const durationIn = (text: string | undefined): number | null => {
  if (text === undefined) return null;
  const [, count, unit] = /^(\d+)([mhd])$/.exec(text) ?? [];
  if (count === undefined)
    throw invalid(`Failed to prune: ${JSON.stringify(text)} is no age.`, 'Say, for example, --older-than 12h or 30d.');
  return Number(count) * units[unit as keyof typeof units]; // the expression knows no other letter
};

const countIn = (text: string | undefined): number | null => {
  if (text === undefined) return null;
  if (!/^\d+$/.test(text)) throw invalid(`Failed to prune: ${JSON.stringify(text)} is no count.`, 'Say, for example, --keep 3.');
  return Number(text);
};

const invalid = (what: string, remedy: string): StagingError => new StagingError('ARGUMENTS_INVALID', what, { remedy });

const sizeInWords = (bytes: number): string =>
  bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
